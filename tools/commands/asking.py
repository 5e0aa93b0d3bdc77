"""How a command asks at the terminal, and shows that it is at work; both on stderr, so that stdout is the answer's."""

from types import TracebackType

import typer
from rich.console import Console

from chalicelib.foreign_text import safe


class Progress:
    """One line that says what is going on, gone when it is over. Shows nothing where nobody looks."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._status = console.status("")

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.pause()

    def say(self, what: str) -> None:
        self._status.update(safe(what, "terminal"))
        self._status.start()

    def pause(self) -> None:
        """Leave the line to somebody else."""
        self._status.stop()


class Prompts:
    """A person at the terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def ask(self, text: str, *, default: str, hidden: bool, may_be_empty: bool) -> str:
        """The answer; an empty one stands for the default."""
        self._progress.pause()
        answer: str = typer.prompt(
            safe(text, "terminal"),
            default=default or ("" if may_be_empty else None),
            show_default=bool(default),
            hide_input=hidden,
            err=True,
        )
        return answer

    def say(self, sentence: str) -> None:
        self._progress.pause()
        self._progress.console.print(sentence, style="red", highlight=False, markup=False, soft_wrap=True)

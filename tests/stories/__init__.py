"""What a Lambda is killed in: short stories, each with what must be there in the end.

Every function here that is called `tell_of_…` is one. What it does outside of `live_through` is what came before, and
nobody is killed in it.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from tests.killing import Drill

Story = Callable[[Drill], None]

_modules = [import_module(f"{__name__}.{path.stem}") for path in sorted(Path(__file__).parent.glob("[a-z]*.py"))]
STORIES: tuple[Story, ...] = tuple(
    story
    for module in _modules
    for name, story in vars(module).items()
    if name.startswith("tell_of_") and story.__module__ == module.__name__
)

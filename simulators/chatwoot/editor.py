"""What the dashboard's editor makes of what an agent types in an API inbox, as seen on 4.16.2."""


def as_editor_sends(typed: str) -> str:
    """Enter begins a paragraph, Shift+Enter a line, which is marked by a backslash; all else goes as it was typed.

    A blank line stands for Enter here, and a line break for Shift+Enter. An empty paragraph is a backslash alone.
    """
    paragraphs = typed.split("\n\n")
    return "\n\n".join(part.replace("\n", " \\\n") if part or not typed else "\\" for part in paragraphs)

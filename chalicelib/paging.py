"""Lists that a service gives page by page. Every one of them ends; what does not is no list."""

from collections.abc import Iterator

from chalicelib.errors import TryAgainLater

# More than any list of a service that is well: 100,000 orders, 20,000 messages of a conversation.
MOST_PAGES = 2000


def page_numbers(first: int = 1, *, most: int = MOST_PAGES) -> Iterator[int]:
    """A number for each page of a list; raises TryAgainLater where it does not end."""
    yield from range(first, first + most)
    raise TryAgainLater(f"a list does not end: {most} pages were read")

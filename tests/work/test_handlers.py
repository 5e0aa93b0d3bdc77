"""Whatever a queue may carry has its row in the table of handlers."""

from typing import get_args

from chalicelib.work.handlers import HANDLERS
from chalicelib.work.jobs import Job


def test_every_job_has_its_handler() -> None:
    assert HANDLERS.keys() == set(get_args(Job))

"""Settings: each is there that must be, and can be read."""

from collections.abc import Iterator

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding, ok, problem
from chalicelib.errors import TryAgainLater

LET_IT_READ = (
    "See that AWS answers, and that whoever asks may read and decrypt them: the function (make deploy), or you"
)


@check("settings", "cheap", is_vital=True)
def look_at_settings(deployment: Deployment) -> Iterator[Finding]:
    try:
        sentences = deployment.settings.problems()
    except TryAgainLater as error:
        yield problem("settings", str(error), LET_IT_READ, alarm=str(error))
        return
    yield from map(_judge, sentences)
    if not sentences:
        yield ok("settings", "all are there that must be, and each can be read")


@check("settings of desks", "cheap")
def look_at_desks(deployment: Deployment) -> Iterator[Finding]:
    """A desk that is not in order harms itself only."""
    try:
        desks = deployment.desk_names
    except TryAgainLater:
        # As is said of the settings.
        return
    for desk in desks:
        sentences = deployment.settings.at_desk(desk).problems()
        yield from map(_judge, sentences)
        if not sentences:
            yield ok(f"settings of the desk {desk}", "all are there that must be, and each can be read")


def _judge(sentence: str) -> Finding:
    what, _, cure = sentence.partition(". ")
    return problem("settings", what, cure, alarm=what)

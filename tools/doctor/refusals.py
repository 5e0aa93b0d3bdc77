"""What AWS does not let one see is not checked, and that is said."""

from collections.abc import Callable, Iterable, Iterator

from botocore.exceptions import BotoCoreError, ClientError

from tools.doctor.findings import Check, Finding, not_checked


def check_on_aws(subject: str, look: Callable[[], Iterable[Finding]]) -> Check:
    """A check whose questions AWS may refuse: these credentials may lack a right, an emulator a service."""

    def look_unless_refused() -> Iterator[Finding]:
        try:
            yield from look()
        except ClientError as error:
            code = error.response["Error"].get("Code", "?")
            yield not_checked(
                subject,
                f"AWS refuses {error.operation_name} ({code})",
                f"Look again with credentials that are allowed {error.operation_name}",
            )
        except BotoCoreError as error:
            yield not_checked(subject, f"AWS does not answer ({type(error).__name__})", "Look again in a minute")

    return Check(subject, look_unless_refused)

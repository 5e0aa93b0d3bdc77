"""Refusals, in the shapes Chatwoot gives them. app/controllers/concerns/request_exception_handler.rb"""

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """An answer other than success; without `body` the answer is empty."""

    def __init__(self, status: int, body: Mapping[str, Any] | None) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


class NotFound(ApiError):
    def __init__(self) -> None:
        super().__init__(404, {"error": "Resource could not be found"})


class Unauthorized(ApiError):
    def __init__(self, error: str) -> None:
        super().__init__(401, {"error": error})


class NotAllowed(Unauthorized):
    """A policy says no; Chatwoot answers 401 here, not 403."""

    def __init__(self) -> None:
        super().__init__("You are not authorized to do this action")


class Refused(ApiError):
    """422 with one sentence under `error`."""

    def __init__(self, error: str) -> None:
        super().__init__(422, {"error": error})


class ParameterMissing(Refused):
    def __init__(self, name: str) -> None:
        super().__init__(f"param is missing or the value is empty: {name}")


class RecordInvalid(ApiError):
    """A model's validation failed; `problems` are (attribute, full sentence)."""

    def __init__(self, *problems: tuple[str, str]) -> None:
        self.sentences = ", ".join(sentence for _, sentence in problems)
        attributes = list(dict.fromkeys(attribute for attribute, _ in problems))
        super().__init__(422, {"message": self.sentences, "attributes": attributes})


class Crash(ApiError):
    """Any other exception in a controller: Rails answers 500, as JSON on API routes (inferred)."""

    def __init__(self, reason: str) -> None:
        super().__init__(500, {"status": 500, "error": "Internal Server Error"})
        self.reason = reason

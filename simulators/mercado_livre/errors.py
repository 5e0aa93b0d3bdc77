"""What the API says when it refuses: the standard envelope and its known deviations."""

from typing import Any

# https://developers.mercadolibre.com.ar/es_ar/consideraciones-de-diseno (envelope), .../error-403 (the 403 form).


class APIError(Exception):
    """An answer other than success; the API's error handler sends it as it is."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


class NotPossible(ValueError):
    """An act that Mercado Livre's own pages would not offer in this state."""


class Unknown(LookupError):
    """An act on something that does not exist."""


def standard_error(status: int, error: str, message: str) -> APIError:
    return APIError(status, {"message": message, "error": error, "status": status, "cause": []})


def bad_request(message: str) -> APIError:
    return standard_error(400, "bad_request", message)


def not_found(message: str = "Resource not found.") -> APIError:
    return standard_error(404, "not_found", message)


def forbidden(message: str) -> APIError:
    return standard_error(403, "forbidden", message)


def access_denied() -> APIError:
    """Another user's resource; this envelope has `code` and no `cause`."""
    message = "access to the requested resource is forbidden"
    return APIError(403, {"status": 403, "error": "access_denied", "message": message, "code": "FORBIDDEN"})


def invalid_scopes() -> APIError:
    return APIError(403, {"status": 403, "error": "Invalid scopes", "code": "FORBIDDEN"})


def application_blocked() -> APIError:
    """A 401 that no refresh mends: https://developers.mercadolibre.com.ar/es_ar/bloqueo-de-aplicaciones"""
    return standard_error(401, "unauthorized_scopes", "unauthorized_scopes")


def authorization_missing() -> APIError:
    """The gateway's own envelope."""
    return APIError(401, {"code": "unauthorized", "message": "authorization value not present"})


# A dead access token is reported differently by different resources; the choice is `MercadoLivre.token_error`.
TOKEN_ERRORS = {
    "invalid_token": (401, "not_found", "invalid_token"),
    "expired_token": (401, "not_found", "expired_token"),
    "invalid_access_token": (401, "invalid_token", "invalid access token"),
    "malformed_token": (400, "bad_request", "Malformed access_token: TOKEN_NOT_VALID"),
}

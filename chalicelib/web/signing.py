"""Signs what goes out and is to come back as it went: invitations, authorizations under way, the operator's key."""

import base64
import hmac
import json


def sign(key: str, purpose: str, *parts: str) -> str:
    """What only a holder of the key can say of these parts, in 43 characters of an address."""
    # As JSON, so that no two lists of parts are written alike.
    message = json.dumps([purpose, *parts]).encode()
    return encode(hmac.digest(key.encode(), message, "sha256"))


def is_signed(signature: str, key: str, purpose: str, *parts: str) -> bool:
    """Takes the same time whatever is given."""
    return hmac.compare_digest(signature.encode("utf-8", "replace"), sign(key, purpose, *parts).encode())


def encode(content: bytes) -> str:
    """Bytes as they may stand in an address."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

"""Checks each value of the set-up as it is given, by asking whoever knows: Chatwoot, Mercado Livre, the bridge."""

import ipaddress
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from chalicelib.chatwoot.client import authorized
from chalicelib.errors import BridgeError, Refused
from chalicelib.http import Transport
from chalicelib.mercado_livre.calls import Unwatched
from chalicelib.mercado_livre.oauth import TokenEndpoint
from chalicelib.mercado_livre.sites import AUTHORIZATION_HOSTS
from chalicelib.settings import SETTINGS, URL_EXPECTED
from tools.chatwoot_versions import OLDEST, Version, parse_version

# No refresh token looks like this, so that asking for its exchange changes nothing for anybody.
NO_REFRESH_TOKEN = "TG-this-is-no-token-0"  # noqa: S105 - that is the point of it


class Unusable(Exception):
    """A value will not do; the message says why, and never shows the value of a secret."""


def check_url(value: str) -> str:
    """The address without a slash at its end."""
    try:
        parts = urlsplit(value.strip())
    except ValueError as error:
        raise Unusable(URL_EXPECTED) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise Unusable(URL_EXPECTED)
    if "@" in parts.netloc:
        raise Unusable("must not hold a user or a password")
    return value.strip().rstrip("/")


def check_public_url(value: str) -> str:
    """An address that Mercado Livre takes: https, and plain http only on this machine."""
    url = check_url(value)
    if urlsplit(url).scheme != "https" and not _is_loopback(url):
        raise Unusable("must begin with https://: Mercado Livre and browsers send secrets there")
    return url


def check_whole_number(value: str) -> str:
    number = value.strip()
    if not re.fullmatch(r"[1-9][0-9]{0,18}", number):
        raise Unusable("must be a whole number")
    return number


def check_site(value: str) -> str:
    site = value.strip().upper()
    if site not in AUTHORIZATION_HOSTS:
        raise Unusable(f"must be one of {', '.join(AUTHORIZATION_HOSTS)}")
    return site


def check_language(value: str) -> str:
    choices = SETTINGS["AGENT_LANGUAGE"].choices
    for language in choices:
        if value.strip().lower() == language.lower():
            return language
    raise Unusable(f"must be one of {', '.join(choices)}")


def check_desk(name: str) -> str:
    """The name of a desk, which becomes part of a setting's name and of addresses; '' is the stage's first desk."""
    if name and not re.fullmatch(r"[a-z][a-z0-9]{0,30}", name):
        raise Unusable("must be lower-case letters and digits, beginning with a letter, 31 at most: loja2")
    return name


def check_chatwoot(transport: Transport, url: str) -> Version | None:
    """The version of the Chatwoot that answers there; None where it does not say one that can be read."""
    try:
        # app/controllers/api_controller.rb; it asks for no token.
        body = transport.call("GET", f"{url}/api", headers={"Accept": "application/json"}).json()
    except Refused as refusal:
        advice = "give the address it redirects to" if refusal.code == "redirect" else "give it without any path"
        raise Unusable(f"is not answered by a Chatwoot ({refusal}); {advice}") from refusal
    except BridgeError as error:
        raise Unusable(f"is not answered by a Chatwoot: {error}") from error
    if not isinstance(body, dict) or "version" not in body:
        raise Unusable("is not answered by a Chatwoot: there is no version in its answer to /api")
    version = parse_version(str(body["version"]))
    if version and version < OLDEST:
        raise Unusable(
            f"is a Chatwoot {version}, which is too old: before {OLDEST} a message cannot carry the id by which the "
            "bridge knows it again, and buyers' messages would be doubled. Upgrade Chatwoot first"
        )
    return version


def check_token(transport: Transport, url: str, token: str) -> dict[int, str]:
    """The accounts of which the token's owner is an administrator, with their names."""
    try:
        profile = transport.call("GET", f"{url}/api/v1/profile", headers=authorized(token)).json()
    except Refused as refusal:
        raise Unusable(
            f"was refused by Chatwoot ({refusal.brief}). It stands in Chatwoot under Profile settings, «Access token»; "
            "where it is right, a proxy may be dropping the header api-access-token"
        ) from refusal
    except BridgeError as error:
        raise Unusable(f"could not be tried: {error}") from error
    accounts: Sequence[dict[str, Any]] = profile.get("accounts") or []
    found = {int(a["id"]): str(a.get("name", "")) for a in accounts if a.get("role") == "administrator"}
    if not found:
        raise Unusable("is not an administrator's of any account; ask an administrator for theirs")
    return found


def check_account(value: str, administered: dict[int, str]) -> str:
    number = check_whole_number(value)
    if int(number) not in administered:
        known = ", ".join(f"{account} ({name})" for account, name in administered.items())
        raise Unusable(f"is no account of which the token's owner is an administrator; those are {known}")
    return number


def check_application(transport: Transport, meli_url: str, app_id: str, client_secret: str) -> str:
    """Ask whether the secret is the application's; '' when it is, else why that could not be found out.

    It tells by how Mercado Livre refuses a refresh token that does not exist.
    https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao
    """
    endpoint = TokenEndpoint(transport, meli_url, Unwatched(), app_id=int(app_id), client_secret=client_secret)
    try:
        endpoint.refresh(NO_REFRESH_TOKEN)
    except Refused as refusal:
        if refusal.code == "invalid_grant":
            return ""
        if refusal.code == "invalid_client":
            raise Unusable(
                "is not the secret of this application, says Mercado Livre (invalid_client): copy both the App ID "
                "and the secret key from the DevCenter"
            ) from refusal
        return f"Whether the secret is the application's could not be checked: Mercado Livre says {refusal.brief}."
    except BridgeError as error:
        return f"Whether the secret is the application's could not be checked: {error}."
    return "Whether the secret is the application's could not be checked: Mercado Livre took a token that is none."


def find_door_trouble(transport: Transport, public_url: str) -> str:
    """Why the bridge does not seem to answer at its public address; '' when it does, healthy or not."""
    try:
        report = transport.call("GET", f"{public_url}/health").json()
    except BridgeError as error:
        # Before its settings are all there it answers 503, and that is an answer.
        if getattr(error, "status", 0) == 503:
            return ""
        return f"The bridge does not answer at {public_url}/health ({error}). Is the stage deployed, the name right?"
    if not isinstance(report, dict) or "status" not in report:
        return f"Something else than the bridge answers at {public_url}/health."
    return ""


def is_private(url: str) -> bool:
    """Whether an address is for this machine or this network only, as far as one can tell without asking."""
    host = urlsplit(url).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return _is_loopback(url) or "." not in host


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

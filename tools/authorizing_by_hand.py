"""Connects a seller from a terminal: the link for one country, and the code with which a browser ended."""

from urllib.parse import parse_qs, urlsplit

from chalicelib.mercado_livre.sites import AUTHORIZATION_HOSTS
from chalicelib.settings import Settings


class NotPossible(Exception):
    """What was asked for or pasted will not do; the message says why and what to do."""


def choose_site(settings: Settings, site: str | None) -> str:
    """The site as Mercado Livre writes it, the stage's own where none is named."""
    chosen = (site or settings.mercado_livre_site).upper()
    if chosen not in AUTHORIZATION_HOSTS:
        raise NotPossible(f"There is no site {chosen}. These are known: {', '.join(AUTHORIZATION_HOSTS)}.")
    return chosen


def check_desk(settings: Settings, desk: str | None) -> None:
    known = settings.desk_names()
    if desk and desk not in known:
        listed = f"These are known: {', '.join(known)}." if known else "This stage has its first desk only."
        cure = f"Set it up with: python -m tools setup --stage {settings.stage} --desk NAME"
        raise NotPossible(f"There is no desk {desk}. {listed} {cure}")


def read_code(pasted: str, *, link: str = "") -> str:
    """The code in what was pasted: `TG-…`, or the whole address of the page where the browser ended.

    With the link that was opened, an address of another authorization is refused: its code would need another verifier.
    """
    text = pasted.strip().strip("'\"<>")
    if not text:
        raise NotPossible("Nothing was pasted.")
    if "=" not in text and "://" not in text:
        return text
    query = {name: values[0] for name, values in parse_qs(urlsplit(text).query).items()}
    if "error" in query:
        raise NotPossible(_explain(query["error"], query.get("error_description", "")))
    if "code" not in query:
        raise NotPossible(
            "That address holds no code: copy the one that begins with your redirect URI and has ?code=TG-…"
        )
    if link and query.get("state") != _state(link):
        raise NotPossible("That address belongs to another authorization: open the link above and paste where it ends.")
    return query["code"]


def _explain(error: str, words: str) -> str:
    # https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao
    if error == "invalid_operator_user_id":
        return "That was an operator's account: the administrator of the Mercado Livre account must open the link."
    if error == "access_denied":
        return "The authorization was denied. Open the link again and allow it."
    return f"Mercado Livre answered {error} ({words}). Open the link again."


def _state(link: str) -> str:
    return parse_qs(urlsplit(link).query).get("state", [""])[0]

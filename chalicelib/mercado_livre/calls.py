"""What every call to Mercado Livre has in common: who is told of it, how its token goes along, what a refusal means."""

from collections.abc import Callable
from typing import Protocol

from chalicelib.error_bodies import FAILED_LABELS, Refusals
from chalicelib.errors import NotFound, NotShown, OutcomeUnknown, Refused, TryAgainLater
from chalicelib.http import Answer, Transport

FORBIDDEN = 403
TOO_MANY_REQUESTS = 429
GONE_FOR_LEGAL_REASONS = 451

# All its envelopes have two of these at least; what a gateway of somebody else says has `message` alone.
# https://developers.mercadolivre.com.br/pt_br/consideracoes-de-design
REFUSALS = Refusals(
    keys=frozenset({"message", "error", "code", "status", "status_code", "error_description", "cause"}),
    least=2,
    empty=frozenset({401}),
    alone=frozenset({FAILED_LABELS}),
)


class Watch(Protocol):
    """Who is told of each call, before it and where it was refused; `rate_limit` has it.

    `note_read` raises PutOff where the call has to wait.
    """

    def note_read(self) -> None: ...

    def note_too_many(self) -> None: ...

    def note_refusal(self) -> None: ...

    def note_block(self) -> None: ...

    def note_interception(self) -> None: ...

    def note_permission_missing(self, seller_id: int, kind: str) -> None: ...


class Unwatched:
    """For calls that are made before there is anything to count them in."""

    def note_read(self) -> None:
        pass

    def note_too_many(self) -> None:
        pass

    def note_refusal(self) -> None:
        pass

    def note_block(self) -> None:
        pass

    def note_interception(self) -> None:
        pass

    def note_permission_missing(self, seller_id: int, kind: str) -> None:
        pass


def ask_for_owner(transport: Transport, base_url: str, token: str, watch: Watch) -> Answer:
    """Whose a token is: a cheap read, which also says whether Mercado Livre answers.

    https://developers.mercadolivre.com.br/pt_br/produto-consulta-usuarios
    """
    url, headers = f"{base_url}/users/me", authorization(token)
    return watched(watch, lambda: transport.call("GET", url, headers=headers, refusals=REFUSALS))


def watched(watch: Watch, send: Callable[[], Answer], *, reads: bool = True) -> Answer:
    """Send one request, and tell who watches how Mercado Livre took it. Only reads are counted."""
    if reads:
        watch.note_read()
    try:
        return send()
    except (TryAgainLater, OutcomeUnknown) as error:
        if error.is_intercepted:
            watch.note_interception()
        if isinstance(error, TryAgainLater) and error.status == TOO_MANY_REQUESTS:
            watch.note_too_many()
        raise
    except Refused:
        watch.note_refusal()
        raise


def authorization(token: str) -> dict[str, str]:
    # The token never stands in the query string.
    # https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao
    return {"Authorization": f"Bearer {token}", "Accept": "application/json"}


def is_token_rejected(refusal: Refused) -> bool:
    """Whether a new access token may help. Bodies differ by resource, so the status decides first."""
    if isinstance(refusal, NotFound):
        return False
    if refusal.status == 401:
        # `unauthorized_scopes` is about something else than the token's life.
        return refusal.code != "unauthorized_scopes"
    return refusal.status == 400 and refusal.words.startswith("Malformed access_token")


def is_application_blocked(refusal: Refused) -> bool:
    """Whether Mercado Livre has blocked the whole application: refreshing will not help."""
    # The label of a delivered shipment answers the same code with other words.
    return refusal.status == 401 and refusal.code == refusal.words == "unauthorized_scopes"


def judge(refusal: Refused, list_others: Callable[[], object]) -> Refused:
    """A refused read as NotShown, where it is about the one thing that was asked for.

    Raises what `list_others` does where others of the kind are not shown either.
    """
    if refusal.status not in (FORBIDDEN, GONE_FOR_LEGAL_REASONS):
        return refusal
    list_others()
    return NotShown(str(refusal), status=refusal.status, code=refusal.code, words=refusal.words)

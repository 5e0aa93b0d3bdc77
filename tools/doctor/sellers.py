"""Tries what every seller's token may read, as it stands in the table: it is never exchanged for another."""

from collections.abc import Callable, Iterator

from chalicelib.checks.checklist import check_of_seller
from chalicelib.checks.findings import Finding, not_checked, ok, problem
from chalicelib.checks.seller_cures import TICK_PERMISSION, cure_of_refusal
from chalicelib.checks.sellers import SellerCase
from chalicelib.errors import BridgeError, NotFound, OperatorNeeded, PermissionMissing, Refused
from chalicelib.mercado_livre.claims import Claims
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.models import Seller
from chalicelib.wiring import Container

CALLS_FOR_EACH = 4


class TokenRejected(BridgeError):
    """Mercado Livre does not take a token that should live."""


class StoredToken:
    """A seller's token as it stands in the table, which is never exchanged for another."""

    def __init__(self, seller: Seller) -> None:
        self._seller = seller

    def access_token(self, seller_id: int) -> str:  # noqa: ARG002 - it is one seller's, and asked for no other
        return self._seller.access_token

    def renew(self, seller_id: int, *, rejected: str) -> str:  # noqa: ARG002 - another token is what there is not
        raise TokenRejected("Mercado Livre rejects the access token, which should still live")


def calls_with_stored_token(bridge: Container, seller: Seller) -> MercadoLivre:
    """Calls in a seller's name; they raise TokenRejected where the bridge's own would refresh the token."""
    url = bridge.settings.mercado_livre_url
    return MercadoLivre(bridge.transport, url, StoredToken(seller), bridge.rate_limit)


@check_of_seller("test calls", "live")
def try_calls(case: SellerCase) -> Iterator[Finding]:
    """Four reads with the token as it is; none with one that Mercado Livre would refuse anyway."""
    bridge, seller_id = case.deployment.bridge, case.seller.seller_id
    if why_not := _why_not(case):
        yield why_not
        return
    try:
        meli = calls_with_stored_token(bridge, case.seller)
    except BridgeError as error:
        yield not_checked("test calls", str(error))
        return
    first = _call(case, "test call", lambda: meli.get_user(seller_id, seller_id))
    yield first
    if first.verdict != "ok":
        return
    # https://developers.mercadolivre.com.br/pt_br/perguntas-e-respostas
    search: dict[str, str | int] = {"seller_id": seller_id, "api_version": 4, "limit": 1}
    yield _call(case, "questions", lambda: meli.call(seller_id, "GET", "/questions/search", params=search))
    yield _call(case, "messages", lambda: Messaging(meli).find_unread(seller_id))
    claims = Claims(meli, bridge.refused_claims, bridge.cache)
    yield _call(case, "claims", lambda: claims.look_at_opened(seller_id))


def _why_not(case: SellerCase) -> Finding | None:
    if case.seller.dead_reason:
        return not_checked("test calls", "not made: the grant is gone")
    if case.has_expired:
        return not_checked("test calls", "not made: the token needs a refresh, and the doctor makes none")
    # What stands over for live traffic is not the doctor's to take.
    if not case.deployment.bridge.rate_limit.take_reads(CALLS_FOR_EACH):
        seen = "not made: the application has made as many calls in this minute as it should"
        return not_checked("test calls", seen, "Look again in a minute")
    return None


def _call(case: SellerCase, about: str, call: Callable[[], object]) -> Finding:
    try:
        call()
    except TokenRejected as error:
        cure = (
            f"The bridge exchanges it at its next sweep: look again in five minutes. If it stays so: {case.authorise}"
        )
        return problem(about, str(error), cure)
    except PermissionMissing as error:
        return problem(about, str(error), f"{TICK_PERMISSION}. {case.authorise}")
    except OperatorNeeded as error:
        return problem(about, str(error), cure_of_refusal("", case.stage))
    except Refused as refusal:
        return _judge(case, about, refusal)
    except BridgeError as error:
        return not_checked(about, str(error), "Look again in a minute")
    return ok(about, "Mercado Livre answers it")


def _judge(case: SellerCase, about: str, refusal: Refused) -> Finding:
    seen = f"Mercado Livre refuses it ({refusal.status} {refusal.brief})"
    if refusal.status == 403 and about != "test call":
        return problem(about, seen, f"{TICK_PERMISSION}. {case.authorise}")
    if refusal.status == 403 or isinstance(refusal, NotFound):
        # https://developers.mercadolivre.com.br/pt_br/error-403
        cure = "See in Mercado Livre whether the account is active, and in DevCenter whether the application is"
        return problem(about, seen, cure)
    return problem(
        about, seen, "Look again in some minutes; if it stays so, ask Mercado Livre's support for developers"
    )

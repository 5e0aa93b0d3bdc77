"""Looks at Mercado Livre: whether its API answers, and whether it takes the application for what it says it is."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding, not_checked, ok, problem
from chalicelib.checks.seller_cures import cure_of_refusal
from chalicelib.errors import BadSettings, BridgeError, Refused, TryAgainLater
from chalicelib.mercado_livre.calls import REFUSALS
from tools.setup_checks import NO_REFRESH_TOKEN


@check("Mercado Livre", "live")
def look_at_mercado_livre(deployment: Deployment) -> Iterator[Finding]:
    bridge = deployment.bridge
    try:
        url, endpoint = bridge.settings.mercado_livre_url, bridge.token_endpoint
    except BadSettings as error:
        what, _, cure = str(error).partition(". ")
        yield not_checked("Mercado Livre", what, cure)
        return
    except BridgeError as error:
        yield not_checked("Mercado Livre", str(error))
        return
    host = urlsplit(url).netloc.rpartition("@")[2]
    cure = f"See that this machine reaches {host}; where that address is wrong, MERCADO_LIVRE_URL is"
    try:
        # Without a token it is refused, and that is an answer.
        # https://developers.mercadolivre.com.br/pt_br/produto-consulta-usuarios
        bridge.transport.call("GET", f"{url}/users/me", headers={"Accept": "application/json"}, refusals=REFUSALS)
    except Refused:
        pass
    except TryAgainLater as error:
        if error.is_intercepted:
            yield problem("Mercado Livre's API", f"something else answers at {host} ({error.status})", cure)
        else:
            yield problem("Mercado Livre's API", str(error), f"Mercado Livre may be away: wait. {cure}")
        return
    yield ok("Mercado Livre's API", f"{host} answers")
    try:
        # How it refuses a token that never was tells whether it takes the application; nobody's grant is touched.
        # https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao
        endpoint.refresh(NO_REFRESH_TOKEN)
    except Refused as refusal:
        yield _judge(refusal, bridge.settings.stage)
    except BridgeError as error:
        yield not_checked("application", str(error), "Look again in a minute")


def _judge(refusal: Refused, stage: str) -> Finding:
    if refusal.code == "invalid_grant":
        return ok("application", "Mercado Livre knows the App ID and takes the secret")
    if not refusal.code:
        seen = f"Mercado Livre does not say whether it takes the secret ({refusal.status})"
        return not_checked("application", seen, "Look again in a minute")
    return problem(
        "application", f"Mercado Livre refuses the application: {refusal.code}", cure_of_refusal(refusal.code, stage)
    )

"""Mercado Livre: whether it is Mercado Livre that answers the workers, as they met it; the doctor asks itself."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.desks import LASTING_SECONDS, WAITS
from chalicelib.checks.findings import Finding, problem
from chalicelib.stores.troubles import INTERCEPTED, MERCADO_LIVRE


@check("Mercado Livre", "cheap")
def look_at_interceptions(deployment: Deployment) -> Iterator[Finding]:
    trouble = deployment.trouble(MERCADO_LIVRE, INTERCEPTED)
    if trouble and trouble.lasted_seconds >= LASTING_SECONDS:
        host = urlsplit(deployment.settings.mercado_livre_url).netloc.rpartition("@")[2]
        seen = "something before Mercado Livre's API answers in its place"
        cure = (
            f"A firewall or a proxy between the bridge and {host} refuses its calls: let them pass. Where none is "
            "yours, Mercado Livre's own may have blocked the address: ask its support for developers. Nothing is lost "
            "meanwhile"
        )
        yield problem("Mercado Livre's API", f"{seen}: {WAITS}", cure, alarm=seen)

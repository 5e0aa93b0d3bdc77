"""Services that are away, as the workers found out; the doctor asks them itself."""

from collections.abc import Iterator

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.desks import LASTING_SECONDS, WAITS, named, setup_command
from chalicelib.checks.findings import Finding, problem
from chalicelib.errors import TryAgainLater
from chalicelib.stores.troubles import INTERCEPTED, MERCADO_LIVRE, desk_place

CURE = "It is asked every few seconds whether it is back; nothing is lost, and what waits goes on by itself then"


@check("services that are away", "cheap")
def look_at_outages(deployment: Deployment) -> Iterator[Finding]:
    try:
        desks = ("", *deployment.desk_names)
    except TryAgainLater:
        # As is said of the settings.
        return
    names = {MERCADO_LIVRE: "Mercado Livre", **{desk_place(desk): named("Chatwoot", desk) for desk in desks}}
    cures = {
        desk_place(desk): f"See whether it runs, and at this address: {setup_command(deployment.stage, desk)}. "
        for desk in desks
    }
    outages = deployment.bridge.outages.find_all(names)
    for place, outage in outages.items():
        lasted_seconds = deployment.now.timestamp() - outage.since
        # What something before it answers is told as that.
        if outage.is_over or lasted_seconds < LASTING_SECONDS or deployment.trouble(place, INTERCEPTED):
            continue
        seen = f"{names[place]} does not answer"
        yield problem(names[place], f"{seen}: {WAITS}", f"{cures.get(place, '')}{CURE}", alarm=seen)

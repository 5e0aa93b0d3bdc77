"""How many calls to each service it takes to carry what is written, counted in the simulators' journals."""

import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

import requests

import app
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.service import Clock, Server, Service
from tools.local.front_door import FrontDoor
from tools.local.stage import Stage

TOKENS = {"MERCADO_LIVRE_WEBHOOK_TOKEN": "path-token-1", "CHATWOOT_WEBHOOK_TOKEN": "path-token-2"}


def count_service_calls() -> dict[str, Any]:
    """By what happens: the number of calls to each service until all is at rest, and which ones."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with stage_with_simulators("calls") as stage:
        meli, chatwoot = stage.meli, stage.chatwoot
        shop = open_shop(stage)
        buyer, item = shop.buyer, shop.item

        meli.ask(buyer, item, "Tem na cor verde?")
        notification = meli.outbox[-1].body
        counted = {"first_question": observe(stage)}
        meli.ask(buyer, item, "E na cor azul?")
        counted["second_question_same_buyer_and_listing"] = observe(stage)
        post(stage, notification)
        counted["same_notification_again"] = observe(stage)
        post(stage, make_new(notification))
        counted["new_notification_of_nothing_new"] = observe(stage)
        chatwoot.reply(chatwoot.conversations()[0]["id"], "Temos sim, em verde e azul.")
        counted["answer"] = observe(stage)

        sale = meli.buy(buyer, item)
        counted["purchase"] = observe(stage)
        meli.write(sale, "Quando chega?")
        counted["first_message_of_a_purchase"] = observe(stage)
        meli.write(sale, "Tem nota fiscal?")
        counted["next_message_in_a_known_pack"] = observe(stage) | at_most(mercado_livre=2, chatwoot=1)
        conversation = chatwoot.conversations()[-1]["id"]
        meli.notifications_enabled = False
        chatwoot.reply(conversation, "Amanhã.")
        counted["reply"] = observe(stage) | at_most(mercado_livre=2, chatwoot=2)
        meli.notifications_enabled = True
        chatwoot.reply(conversation, "De manhã.")
        counted["reply_and_what_its_own_notification_causes"] = observe(stage)
        meli.read_messages(sale)
        counted["buyer_reads_both_replies"] = observe(stage)
        return counted


class Shop(NamedTuple):
    """Who buys what of whom."""

    seller: int
    buyer: int
    item: str


def open_shop(stage: Stage) -> Shop:
    """A connected seller with a listing, and a buyer."""
    meli = stage.meli
    seller, buyer = meli.add_seller("LOJA TESTE"), meli.add_buyer("COMPRADORA.TESTE")
    item = meli.add_item(seller, "Caneca azul 300 ml", 62.96)
    stage.connect(seller).raise_for_status()
    observe(stage)
    return Shop(seller, buyer, item)


def at_most(**calls: int) -> dict[str, Any]:
    return {"target": {f"{service}_at_most": number for service, number in calls.items()}}


@contextmanager
def stage_with_simulators(name: str, clock: Clock = lambda: datetime.now(UTC)) -> Iterator[Stage]:
    with ExitStack() as parts:
        meli, chatwoot = MercadoLivre(clock=clock), Chatwoot(clock=clock)
        for service in (meli, chatwoot):
            server = Server(service.wsgi)
            parts.callback(server.stop)
            service.base_url = server.url
        front_door = FrontDoor(app.app, host="127.0.0.1", port=0)
        front_door.start()
        parts.callback(front_door.stop)
        yield Stage(name, front_door.url, meli, chatwoot, tokens=TOKENS, clock=clock)


def observe(stage: Stage) -> dict[str, Any]:
    """Let the bridge do what it does, and tell which calls to each service that took since the last time."""
    stage.settle()
    if stage.errors:
        raise stage.errors[0]
    return {
        name: take_calls(service) for name, service in (("mercado_livre", stage.meli), ("chatwoot", stage.chatwoot))
    }


def take_calls(service: Service) -> dict[str, Any]:
    calls = [f"{exchange.method} {exchange.path}" for exchange in service.journal if exchange.direction == "in"]
    service.journal.clear()
    return {"count": len(calls), "calls": calls}


def make_new(notification: bytes) -> bytes:
    """Another notification of the same resource."""
    fields = json.loads(notification)
    return json.dumps(fields | {"_id": fields["_id"][::-1], "attempts": 1}).encode()


def post(stage: Stage, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    requests.post(stage.meli_webhook_url, data=body, headers=headers, timeout=10).raise_for_status()

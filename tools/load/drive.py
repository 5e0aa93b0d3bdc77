"""One burst: sellers and purchases are made, their buyers write all at once, and all is looked through afterwards."""

import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from statistics import quantiles
from typing import Any

from chalicelib.observability import logger
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.repeating import Repeating
from simulators.service import Server
from tools.bench.calls import TOKENS
from tools.bench.cost import cost_of_webhooks
from tools.bench.meter import Used
from tools.bench.receipt import first_line, separate_aws
from tools.local.stage import Stage
from tools.package import PROJECT
from tools.workers import queue_urls

STAGE = "load"
MESSAGES_OF_A_PURCHASE = 5
MOST_RECEIPT_MS = 500
LONGEST_SECONDS = 3 * 3600

# Mercado Livre would let an application make 500 reads a minute, which is what a burst would then wait for.
NO_LIMIT = "10000000"


@contextmanager
def running(module: str, *arguments: str, environ: Mapping[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """One of ours, which runs until its standard input ends."""
    command = [sys.executable, "-m", f"tools.load.{module}", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=PROJECT, env=dict(environ), stdin=pipe, stdout=pipe, text=True) as popen:
        try:
            yield popen
        finally:
            popen.kill()


def measure_load(sellers: int, notifications: int) -> dict[str, Any]:
    """What became of so many notifications of messages to so many sellers, sent as fast as they are taken."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    # What happens before the burst is nobody's concern.
    logger.setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        aws = stack.enter_context(separate_aws())
        os.environ.update(aws)
        meli, chatwoot = MercadoLivre(), Chatwoot()
        # What it announces is taken out of its outbox, and sent as a burst.
        meli_server, chatwoot_server = Server(meli.wsgi), Server(chatwoot.wsgi)
        meli.base_url, chatwoot.base_url = meli_server.url, chatwoot_server.url
        events = Counter[str]()
        sender = Repeating(lambda: events.update(sent=chatwoot.deliver_webhooks()), pause_seconds=0.05)
        for part in (meli_server, chatwoot_server, sender):
            stack.callback(part.stop)
        port = free_port()
        stage = Stage(STAGE, f"http://127.0.0.1:{port}", meli, chatwoot, tokens=TOKENS)
        stage.set(MERCADO_LIVRE_READS_A_MINUTE=NO_LIMIT, AWS_ENDPOINT_URL_SQS=aws["AWS_ENDPOINT_URL"])
        environ = {**os.environ, **stage.settings, "PONTE_STAGE": STAGE}
        door = stack.enter_context(running("door", str(port), environ=environ))
        first_line(door)
        purchases = open_shops(stage, sellers, max(1, notifications // MESSAGES_OF_A_PURCHASE))
        workers = stack.enter_context(
            running("workers", json.dumps(stage.queues), meli.base_url, chatwoot.base_url, environ=environ)
        )
        first_line(workers)
        texts, bodies = write_all(meli, purchases)
        started = time.perf_counter()
        burst = send(bodies, stage.meli_webhook_url)
        wait_until_done(stage)
        seconds = time.perf_counter() - started
        did = json.loads(workers.communicate()[0])
        did["processor_seconds_of_the_door"] = float(door.communicate()[0].splitlines()[-1])
        return describe(sellers, seconds, burst, did, events["sent"]) | look_through(chatwoot, texts)


def open_shops(stage: Stage, sellers: int, purchases: int) -> list[int]:
    """Connect sellers, who then sell; the purchases, by seller in turns. Nothing is announced of them."""
    meli = stage.meli
    items = []
    for number in range(sellers):
        seller = meli.add_seller(f"LOJA {number}")
        items.append(meli.add_item(seller, "Caneca azul 300 ml", 62.96))
        stage.connect(seller).raise_for_status()
    # Their first sweeps are no part of a burst.
    stage.settle()
    buyers = [meli.add_buyer(f"COMPRADOR.{number}") for number in range(min(purchases, 100))]
    meli.notifications_enabled = False
    return [meli.buy(buyers[number % len(buyers)], items[number % sellers]) for number in range(purchases)]


def write_all(meli: MercadoLivre, purchases: Sequence[int]) -> tuple[list[list[str]], list[str]]:
    """What the buyers write, by purchase, and what Mercado Livre announces of it: by turns, as all write at once."""
    texts = [[f"Pergunta {number} sobre {sale}" for number in range(MESSAGES_OF_A_PURCHASE)] for sale in purchases]
    announced = list[str]()
    with meli.lock:
        meli.notifications_enabled = True
        for number in range(MESSAGES_OF_A_PURCHASE):
            for sale, of_sale in zip(purchases, texts, strict=True):
                meli.write(sale, of_sale[number])
        while meli.outbox:
            announced.append(meli.outbox.popleft().body.decode())
    return texts, announced


def send(bodies: Sequence[str], url: str) -> dict[str, Any]:
    with running("burst", url, environ=os.environ) as burst:
        said, _ = burst.communicate("".join(f"{json.dumps(body)}\n" for body in bodies))
    figures: dict[str, Any] = json.loads(said)
    return figures


def wait_until_done(stage: Stage) -> None:
    """Until nothing is on any queue, nor on its way from Chatwoot."""
    names = ["", "NotVisible", "Delayed"]
    attributes = [f"ApproximateNumberOfMessages{name}" for name in names]
    end, quiet = time.monotonic() + LONGEST_SECONDS, 0
    while quiet < 3:
        if time.monotonic() > end:
            raise RuntimeError("the bridge does not come to rest")
        time.sleep(1)
        there = [
            stage.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=attributes)["Attributes"]
            for url in queue_urls(stage.queues).values()
        ]
        is_quiet = not any(int(number) for one in there for number in one.values()) and not stage.chatwoot.outbox
        quiet = quiet + 1 if is_quiet else 0


def look_through(chatwoot: Chatwoot, texts: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Whether all that was written stands in Chatwoot, once and in order."""
    came = list[str]()
    in_order = 0
    for conversation in chatwoot.conversations():
        shown = chatwoot.messages(conversation["id"])
        of_conversation = [one["content"] for one in shown if one["message_type"] == "incoming"]
        in_order += of_conversation == sorted(of_conversation)
        came += of_conversation
    numbers, wanted = Counter(came), [text for of_sale in texts for text in of_sale]
    return {
        "lost": sum(not numbers[text] for text in wanted),
        "doubled": sum(numbers[text] > 1 for text in wanted),
        "out_of_order": len(texts) - in_order,
    }


def describe(
    sellers: int, seconds: float, burst: Mapping[str, Any], did: Mapping[str, Any], events: int
) -> dict[str, Any]:
    sent = len(burst["milliseconds"]) - burst["refused"]
    dollars = cost_of_webhooks(Used(**did["used"]), sent + events)
    return {
        "sellers": sellers,
        "notifications": sent,
        "receipt": percentiles(burst["milliseconds"], "ms")
        | {"a_second": round(sent / burst["seconds"], 1), "refused": burst["refused"]},
        "stages": {
            name: percentiles([1000 * took for took in did["took"][name]], "ms")
            | {"wait_p50_s": round(percentile(did["waited"][name], 50), 1)}
            | {"jobs": len(did["took"][name]), "a_second": round(len(did["took"][name]) / max(1, span), 1)}
            for name, span in did["spans"].items()
        },
        "seconds_until_all_is_done": round(seconds, 1),
        "messages_a_second": round(sent / seconds, 1),
        "aws_calls_a_message": round(sum(did["operations"].values()) / sent, 2),
        "service_calls_a_message": round(did["service_calls"] / sent, 2),
        "dollars_a_thousand_messages": round(1000 * dollars / sent, 4),
        "processor_ms_a_receipt": round(1000 * did["processor_seconds_of_the_door"] / (sent + events), 1),
        "processor_ms_a_message": round(1000 * did["processor_seconds"] / sent, 1),
        "errors": did["errors"],
    }


def percentiles(values: Sequence[float], unit: str) -> dict[str, float]:
    return {f"p{rank}_{unit}": round(percentile(values, rank), 1) for rank in (50, 99)} | {
        f"most_{unit}": round(max(values), 1)
    }


def percentile(values: Sequence[float], rank: int) -> float:
    return quantiles(values, n=100, method="inclusive")[rank - 1] if len(values) > 1 else values[0]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port

"""How long each function takes to initialise out of the zip, and how long its first job takes then, and its second."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from zipfile import ZipFile

import app
from chalicelib.settings import SETTINGS
from tools.bench.calls import TOKENS, Shop, open_shop, stage_with_simulators
from tools.bench.lambda_runtime import Took, has_runtime_client, running
from tools.bench.warm import make_event
from tools.deploy import make_environment
from tools.local.event_source import EventSource
from tools.local.schedule import SCHEDULED_EVENT, fire
from tools.local.stage import Stage
from tools.package import PROJECT, build, check
from tools.provision import put_settings

STAGE = "dev"

NOTIFICATIONS, THREADS, BACKGROUND = range(3)


class Taken(NamedTuple):
    """What one function took."""

    init: Took
    first_job: Took
    second_job: Took


def measure_cold_functions(rounds: int) -> dict[str, Any]:
    """Medians by function. Jobs are held to the share of a core that the function's memory stands for."""
    if not has_runtime_client():
        return {"not_measured": "AWS's runtime client is not installed: it is published for Linux"}
    build(STAGE)
    config = json.loads((PROJECT / ".chalice" / "config.json").read_text(encoding="utf-8"))["stages"][STAGE]
    with TemporaryDirectory() as directory, stage_with_simulators(STAGE) as stage:
        with ZipFile(check(STAGE)) as zipped:
            zipped.extractall(directory)
        shop, environ = open_shop(stage), environment_of(stage)
        return {
            name: {
                "memory_mb": function["lambda_memory_size"],
                **describe(
                    [
                        measure(Path(directory), name, function["lambda_memory_size"], environ, stage, shop)
                        for _ in range(rounds)
                    ]
                ),
            }
            for name, function in config["lambda_functions"].items()
        }


def environment_of(stage: Stage) -> dict[str, str]:
    """What a deployed function has in its environment; all other settings stand in Parameter Store."""
    settings = {name: value for name, value in stage.settings.items() if name in SETTINGS} | TOKENS
    put_settings(stage.session, STAGE, settings)
    return {
        **{name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("AWS_")},
        "LANG": "en_US.UTF-8",
        "PONTE_STAGE": STAGE,
        **make_environment(stage.queues, settings),
    }


def measure(task: Path, name: str, memory_mb: int, environ: Mapping[str, str], stage: Stage, shop: Shop) -> Taken:
    suffix, handler = ("", "app") if name == "api_handler" else (f"-{name}", name)
    deployed_as = {"AWS_LAMBDA_FUNCTION_NAME": f"ponte-{STAGE}{suffix}"}
    first, second = (EVENTS[name](stage, shop) for _ in range(2))
    with running(task, f"app.{handler}", memory_mb, {**environ, **deployed_as}) as function:
        return Taken(function.initialise(), function.invoke(first), function.invoke(second))


def describe(taken: list[Taken]) -> dict[str, float]:
    figures = {}
    for what in Taken._fields:
        for kind in Took._fields:
            figures[f"{what}_{kind}"] = round(median(getattr(getattr(each, what), kind) for each in taken), 1)
    return figures


# What each function is given


def notification_of_a_question(stage: Stage, shop: Shop) -> dict[str, Any]:
    stage.meli.ask(shop.buyer, shop.item, "Tem na cor verde?")
    stage.meli.deliver_webhooks()
    return take(stage.sources[NOTIFICATIONS])


def job_of_a_question(stage: Stage, shop: Shop) -> dict[str, Any]:
    (record,) = notification_of_a_question(stage, shop)["Records"]
    stage.sources[NOTIFICATIONS].invoke(record)
    return take(stage.sources[THREADS])


def sweep_of_a_seller(stage: Stage, _shop: Shop) -> dict[str, Any]:
    fire(app.sweep)
    return take(stage.sources[BACKGROUND])


def take(source: EventSource) -> dict[str, Any]:
    record = source.receive()
    if record is None:
        raise RuntimeError("there is no job on the queue to measure with")
    return {"Records": [record]}


EVENTS: dict[str, Callable[[Stage, Shop], dict[str, Any]]] = {
    "api_handler": lambda _stage, _shop: make_event(TOKENS["MERCADO_LIVRE_WEBHOOK_TOKEN"]),
    "resolve_notification": notification_of_a_question,
    "work_on_thread": job_of_a_question,
    "work_in_background": sweep_of_a_seller,
    "sweep": lambda _stage, _shop: SCHEDULED_EVENT,
}

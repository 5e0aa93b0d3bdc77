"""`restore`: a table gets back what it has lost, and nothing that it was rid of."""

from typing import Any

from chalicelib.models import Thread
from chalicelib.wiring import bridge as current_bridge
from tests.tools.conftest import Deployed


def copied(deployed: Deployed, table: str) -> str:
    """As `aws dynamodb restore-table-to-point-in-time` leaves a copy: here of this moment."""
    name, copy = f"ponte-{deployed.name}-{table}", f"ponte-{deployed.name}-{table}-restored"
    dynamodb: Any = deployed.session.client("dynamodb")
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    dynamodb.restore_table_to_point_in_time(SourceTableName=name, TargetTableName=copy, UseLatestRestorableTime=True)
    return copy


def lose(deployed: Deployed, table: str, *keys: str) -> None:
    dynamodb: Any = deployed.session.client("dynamodb")
    for item in dynamodb.scan(TableName=f"ponte-{deployed.name}-{table}")["Items"]:
        dynamodb.delete_item(TableName=f"ponte-{deployed.name}-{table}", Key={key: item[key] for key in keys})


def test_a_conversation_that_was_lost_goes_on_after_its_table_was_restored(deployed: Deployed) -> None:
    bridge = deployed.bridge
    question = bridge.ask()
    conversation = bridge.conversation()["id"]
    copy = copied(deployed, "threads")
    lose(deployed, "threads", "thread", "item")
    bridge.ask("E azul?")

    result = deployed.run("restore", "threads", "--from", copy, "--yes")

    assert result.exit_code == 0, result.output
    bridge.chatwoot.reply(conversation, "Temos sim.")
    bridge.settle()
    assert len(bridge.chatwoot.conversations()) == 2
    assert bridge.meli.answers_published == [(question, "Temos sim.")]
    again = deployed.run("restore", "threads", "--from", copy, "--yes")
    assert again.stdout.startswith("0 items were put back"), again.output


def test_what_is_listed_of_threads_and_claims_comes_back_with_them(deployed: Deployed) -> None:
    bridge = deployed.bridge
    bridge.ask()
    bridge.reply("a" * 2001)
    sale = bridge.bought_and_wrote()
    policy = '{"code":"PA_UNAUTHORIZED_RESULT_FROM_POLICIES","blocked_by":"PolicyAgent","message":"no","status":403}'
    bridge.meli.add_fault("status", path="/post-purchase/", status=403, body=policy, times=100)
    bridge.meli.open_claim(sale)
    bridge.settle()
    current_bridge().set_aside.expect(Thread(deployed.seller, "pack", str(sale)), now=0)
    before = lasting(deployed)
    copy = copied(deployed, "threads")
    lose(deployed, "threads", "thread", "item")

    deployed.run("restore", "threads", "--from", copy, "--yes")

    assert lasting(deployed) == before
    places = {item["thread"]["S"].split("/")[1] for item in before}
    assert {"question", "pack", "listing", "refused", "refused-claims", "set-aside"} <= places


def test_a_buyer_who_was_erased_does_not_come_back(deployed: Deployed) -> None:
    deployed.bridge.ask()
    deployed.bridge.reply("a" * 2001)
    copy = copied(deployed, "threads")
    deployed.run("sellers", "erase-buyer", str(deployed.seller), str(deployed.bridge.buyer), input="y\n")
    refused = f"{deployed.seller}/refused"
    deployed.session.client("dynamodb").delete_item(
        TableName=f"ponte-{deployed.name}-threads",
        Key=next(
            {"thread": item["thread"], "item": item["item"]}
            for item in everything(deployed, "threads")
            if item["thread"]["S"] == refused
        ),
    )
    before = everything(deployed, "threads")

    deployed.run("restore", "threads", "--from", copy, "--yes")

    assert everything(deployed, "threads") == before


def test_a_seller_who_was_lost_is_connected_again(deployed: Deployed) -> None:
    copy = copied(deployed, "sellers")
    lose(deployed, "sellers", "seller_id")
    assert current_bridge().sellers.get(deployed.seller) is None

    deployed.run("restore", "sellers", "--from", copy, "--yes")

    seller = current_bridge().sellers.get(deployed.seller)
    assert seller
    assert seller.nickname == "LOJA TESTE"


def lasting(deployed: Deployed) -> list[dict[str, Any]]:
    """Without contacts, which are found in Chatwoot."""
    items = everything(deployed, "threads")
    return [item for item in items if "buyer" not in item["thread"]["S"] and "contacts" not in item["thread"]["S"]]


def everything(deployed: Deployed, table: str) -> list[dict[str, Any]]:
    items = deployed.session.client("dynamodb").scan(TableName=f"ponte-{deployed.name}-{table}")["Items"]
    return sorted(items, key=str)

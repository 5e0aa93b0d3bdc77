"""Claims on purchases are told beside their conversations, with what is expected of the seller and until when."""

from typing import Any

from chalicelib.wiring import bridge as current_bridge
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest
from tests.scenarios.test_life_of_a_sale import happen, reads

LABEL = "reclamacao"


def claim(bridge: BridgeUnderTest, sale: int, **details: Any) -> int:
    number = bridge.meli.open_claim(sale, **details)
    bridge.settle()
    return number


def test_a_claim_is_told_with_its_reason_deadline_and_reputation_and_reopens(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    bridge.as_administrator(
        "POST", f"/conversations/{bridge.conversation()['id']}/toggle_status", {"status": "resolved"}
    )
    bridge.settle()

    number = claim(bridge, sale)

    told = bridge.notes()[-1].split("\n")
    link = f"https://www.mercadolivre.com.br/vendas/{sale}/detalhe"
    assert told == [
        f"**Reclamação {number} no Mercado Livre**",
        "Tipo: reclamação do comprador",
        "Motivo: O produto veio diferente ou com defeito",
        "O Mercado Livre espera de você: responder ao comprador até 24/11/2026 09:00",
        "O Mercado Livre diz: Responda antes do fim do prazo.",
        "Conta contra a reputação, a menos que seja bem atendida até 24/11/2026 09:00",
        f"Responda à reclamação no Mercado Livre: o que se escreve aqui não chega a ela. [Ver a venda]({link})",
    ]
    conversation = bridge.conversation()
    assert LABEL in conversation["labels"]
    assert (conversation["status"], conversation["priority"]) == ("open", "urgent")
    assert conversation["custom_attributes"]["meli_claim"].startswith("reclamação do comprador · O produto veio")
    assert meli.messages_sent == []


def test_a_claim_is_told_as_it_goes_on_each_step_once(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    number = claim(bridge, sale, about="shipment", reason_id="PNR3430")
    before = len(bridge.notes())

    for order in meli.orders_of(sale):
        meli.touch_order(order)
    meli.change_claim(number, action="", due_days=2)
    bridge.turn(minutes=1)
    meli.change_claim(number, action="add_shipping_evidence", due_days=3)
    bridge.turn(minutes=1)
    meli.notify("post_purchase", f"/post-purchase/v1/claims/{number}", bridge.seller)
    bridge.turn(minutes=1)
    meli.mediate_claim(number)
    bridge.turn(minutes=1)
    meli.close_claim(number, reason="coverage_decision", benefited="seller")
    bridge.turn(minutes=1)

    told = [note for note in bridge.notes()[before:] if "eclamação" in note and "bloque" not in note]
    assert [note.partition(" [Ver")[0] for note in told] == [
        f"Reclamação {number}: agora o Mercado Livre espera de você: comprovar o envio até 25/11/2026 09:01.",
        f"O Mercado Livre passou a mediar a reclamação {number}: agora é ele quem decide.",
        f"A reclamação {number} foi encerrada: o Mercado Livre cobriu o valor, a favor do vendedor.",
    ]
    conversation = bridge.conversation()
    assert LABEL not in conversation["labels"]
    assert not conversation["priority"]
    assert "meli_claim" not in conversation["custom_attributes"]
    assert bridge.dead_letters() == 0


def test_a_claim_and_a_payment_cost_no_read_twice(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = meli.buy(bridge.buyer, bridge.item, is_paid=False)
    bridge.write(sale, "Boa tarde")
    reads(meli)
    happen(bridge, lambda: meli.pay(sale))
    assert reads(meli) == 2

    # By itself first, and by its order first.
    for swap, most in ((lambda: None, 5), (meli.outbox.reverse, 6)):
        happen(bridge, lambda swap=swap: (meli.open_claim(sale), swap()))  # type: ignore[misc]
        assert reads(meli) == most
        number = max(meli.state.claims)
        happen(bridge, lambda number=number: meli.change_claim(number, action="refund"))  # type: ignore[misc]
        assert reads(meli) == 4
        happen(bridge, lambda number=number: meli.close_claim(number))  # type: ignore[misc]
        reads(meli)


def test_what_becomes_of_a_claim_while_its_first_announcement_waits_is_told(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    """The next announcement goes with the one that waits, which read the claim before."""
    bridge.set(MERCADO_LIVRE_READS_A_MINUTE="50")
    sale = bridge.bought_and_wrote()
    bridge.turn(minutes=2, seconds=50)
    number = meli.open_claim(sale)
    meli.outbox.clear()
    # Others leave enough for finding its purchase, and too little for telling of it.
    for taken in (12, 8):
        current_bridge().rate_limit.take_for_hint(taken)
    meli.notify("post_purchase", f"/post-purchase/v1/claims/{number}", bridge.seller)
    bridge.turn(seconds=1)
    meli.change_claim(number, action="refund")
    bridge.settle()
    assert not any("eclamação" in note for note in bridge.notes())

    bridge.turn(seconds=10)

    assert "devolver" in "".join(note for note in bridge.notes() if "eclamação" in note), bridge.notes()


def test_a_claim_on_a_sale_of_which_nobody_wrote_opens_its_conversation(
    bridge: BridgeUnderTest, chatwoot: Chatwoot
) -> None:
    sale = bridge.buy()
    number = claim(bridge, sale)

    assert bridge.messages() == []
    assert [note.split("\n")[0] for note in bridge.notes()] == [
        "**Venda no Mercado Livre**",
        f"**Reclamação {number} no Mercado Livre**",
    ]
    assert {LABEL, "venda"} <= set(bridge.conversation()["labels"])
    bridge.write(sale, "Veio quebrado")
    assert len(chatwoot.conversations()) == 1


def test_a_claim_that_is_over_before_it_is_seen_opens_nothing(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    meli.close_claim(meli.open_claim(sale, kind="cancel_purchase", reason_id="CS9900"))
    bridge.settle()

    assert bridge.chatwoot.conversations() == []


def test_a_claim_that_nothing_announced_is_found_by_the_sweep(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    quiet, written = bridge.buy(), bridge.bought_and_wrote()
    bridge.sweep()
    meli.notifications_enabled = False
    bridge.turn(minutes=1)
    numbers = [meli.open_claim(quiet), meli.open_claim(written)]

    for _ in range(2):
        bridge.turn(minutes=11)
        bridge.sweep()

    told = [
        note["content"].split("\n")[0]
        for one in bridge.chatwoot.conversations()
        for note in bridge.chatwoot.messages(one["id"])
        if note["private"] and "Reclamação" in note["content"].split("\n")[0]
    ]
    assert sorted(told) == [f"**Reclamação {number} no Mercado Livre**" for number in sorted(numbers)]


def test_two_claims_keep_the_label_until_both_are_closed(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    first, second = claim(bridge, sale), claim(bridge, sale, reason_id="PNR3430")

    meli.close_claim(first)
    bridge.settle()
    assert LABEL in bridge.conversation()["labels"]
    assert "não recebeu" in bridge.conversation()["custom_attributes"]["meli_claim"]
    meli.close_claim(second)
    bridge.settle()

    assert LABEL not in bridge.conversation()["labels"]
    assert bridge.conversation()["status"] == "open"


def test_what_names_no_claim_of_a_purchase_is_recorded(bridge: BridgeUnderTest) -> None:
    for resource in ("/post-purchase/v1/claims/999", "post-purchase/v1/claims/abc", "/post-purchase/v1/returns/5"):
        bridge.notify(topic="post_purchase", resource=resource, _id=None, received=resource)
        bridge.settle()

    outcomes = sorted(entry["outcome"] for entry in bridge.history())
    assert outcomes == ["claim refused: 404", "unusable resource", "unusable resource"]
    assert bridge.dead_letters() == 0


def test_a_claim_that_is_not_shown_is_asked_for_once(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    body = '{"message": "not a player", "error": "forbidden", "status": 403, "cause": []}'
    meli.add_fault("status", path="/post-purchase/v1/claims/5", status=403, body=body, times=100)
    # Its own announcement is lost, and that of its order is not.
    meli.notifications_enabled = False
    meli.open_claim(sale)
    meli.notifications_enabled = True
    meli.journal.clear()

    for _ in range(3):
        bridge.turn(minutes=1)
        meli.touch_order(meli.orders_of(sale)[0])
        bridge.settle()

    assert sum("/claims/5" in call.path for call in meli.journal) == 1
    assert bridge.dead_letters() == 0


def test_a_permission_that_lacks_for_claims_is_told_and_they_come_when_it_is_there(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale, unheard = bridge.bought_and_wrote(), bridge.buy()
    known = claim(bridge, sale)
    before = len(bridge.notes())
    policy = '{"code":"PA_UNAUTHORIZED_RESULT_FROM_POLICIES","blocked_by":"PolicyAgent","message":"no","status":403}'
    meli.add_fault("status", path="/post-purchase/", status=403, body=policy, times=10_000)

    meli.close_claim(known)
    new = claim(bridge, unheard)
    bridge.write(sale, "Alguma novidade?")
    # Longer than sellers are swept who are not at rest.
    for _ in range(18):
        bridge.turn(minutes=10)
        bridge.sweep()
        (problem,) = bridge.health().json()["problems"]
        assert problem["what"].endswith("shows no claims of the seller to the application (403)")
        assert "functional permission" in problem["do"]

    assert "Alguma novidade?" in bridge.messages()[-1]["content"]
    assert len(bridge.notes()) == before
    assert bridge.dead_letters() == bridge.jobs_waiting() == 0
    meli.clear_faults()
    for _ in range(3):
        bridge.turn(minutes=10)
        bridge.sweep()
    first, second = bridge.chatwoot.conversations()
    told = [bridge.chatwoot.messages(each["id"])[-1]["content"] for each in (first, second)]
    assert told[0].startswith(f"A reclamação {known} foi encerrada")
    assert told[1].startswith(f"**Reclamação {new} no Mercado Livre**")
    assert bridge.health().json()["problems"] == []


def test_a_claim_is_told_while_what_was_written_is_not_shown(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    body = '{"message": "not a player", "error": "forbidden", "status": 403, "cause": []}'
    meli.add_fault("status", path=f"/messages/packs/{sale}", status=403, body=body, times=10_000)

    number = meli.open_claim(sale)
    bridge.settle()

    assert any(str(number) in note for note in bridge.notes())
    assert "reclamacao" in bridge.conversation()["labels"]

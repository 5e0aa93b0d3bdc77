"""Stories of claims on purchases."""

from tests.killing import Drill
from tests.stories.telling import assert_nothing_is_left


def tell_of_a_claim(drill: Drill) -> None:
    """A claim on a sale of which nobody wrote, what is expected next, and its end."""
    bridge, meli = drill.bridge, drill.bridge.meli
    sale = bridge.buy()
    number = drill.live_through(lambda: meli.open_claim(sale)) or next(iter(meli.state.claims))
    drill.live_through(lambda: meli.change_claim(number, action="add_shipping_evidence", due_days=3))
    drill.live_through(lambda: meli.close_claim(number))
    bridge.turn(minutes=11)
    bridge.sweep()

    told = [note.split("\n")[0].partition(":")[0] for note in bridge.notes()]
    assert [words for words in told if words.startswith("A recl")] == [f"A reclamação {number} foi encerrada"]
    assert len(told) == len(set(told))
    conversation = bridge.conversation()
    assert "reclamacao" not in conversation["labels"]
    assert not conversation["priority"]
    assert_nothing_is_left(bridge)


def tell_of_claims_that_are_refused(drill: Drill) -> None:
    """A claim is opened and another closed while a permission is missing; both are told when it is there.

    Of the new one Mercado Livre shows no text, and what its reason means.
    """
    bridge, meli = drill.bridge, drill.bridge.meli
    number = meli.open_claim(bridge.bought_and_wrote())
    bridge.settle()
    sale = bridge.buy()
    body = '{"message": "forbidden", "error": "forbidden", "status": 403, "cause": []}'
    meli.add_fault("status", path="/post-purchase/", status=403, body=body, times=1_000_000)
    drill.live_through(lambda: (meli.close_claim(number), meli.open_claim(sale)))
    other = max(meli.state.claims)
    meli.clear_faults()
    missing = '{"message": "not found", "error": "not_found", "status": 404, "cause": []}'
    meli.add_fault("status", path=f"/post-purchase/v1/claims/{other}/detail", status=404, body=missing, times=100)
    drill.live_through(bridge.sweep)
    for _ in range(2):
        bridge.turn(minutes=11)
        bridge.sweep()

    told = [
        note["content"].split("\n")[0].partition(":")[0]
        for conversation in bridge.chatwoot.conversations()
        for note in bridge.chatwoot.messages(conversation["id"])
        if "eclamação" in note["content"].split("\n")[0]
    ]
    assert sorted(told) == sorted(
        [
            f"**Reclamação {number} no Mercado Livre**",
            f"A reclamação {number} foi encerrada",
            f"**Reclamação {other} no Mercado Livre**",
        ]
    )
    assert_nothing_is_left(bridge)


def tell_of_a_claim_that_is_told_in_few_words(drill: Drill) -> None:
    """Of a claim without a detail Mercado Livre says at least what its reason means."""
    bridge, meli = drill.bridge, drill.bridge.meli
    sale = bridge.bought_and_wrote()
    refusal = '{"message": "Not found", "error": "not_found", "status": 404, "cause": []}'
    meli.add_fault("status", status=404, body=refusal, path="/detail", times=1_000_000)
    drill.live_through(lambda: meli.open_claim(sale))
    bridge.turn(minutes=11)
    bridge.sweep()

    assert len([note for note in bridge.notes() if "recl" in note]) == 1
    assert_nothing_is_left(bridge)

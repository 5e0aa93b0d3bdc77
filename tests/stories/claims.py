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

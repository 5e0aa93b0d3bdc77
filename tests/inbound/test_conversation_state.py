"""The table of states that the conversation of a purchase shows, and who else must know of them."""

import chalicelib.inbound.conversation_state  # noqa: F401 - it loads all of them
from chalicelib.inbound.states import STATES
from chalicelib.routing.topics import TOPICS
from tools.chatwoot_panel import ATTRIBUTES
from tools.chatwoot_setup import LABELS


def test_every_attribute_of_a_state_is_made_by_the_set_up() -> None:
    made = {name for model, name, *_ in ATTRIBUTES if model == "conversation_attribute"}

    assert [state.name for state in STATES if state.attribute and state.attribute not in made] == []
    assert {label for state in STATES for label in state.labels} <= {label for label, *_ in LABELS}


def test_a_state_changes_with_what_some_topic_announces() -> None:
    announced = {topic.changes.partition("/")[0] for topic in TOPICS}

    assert [state.name for state in STATES if not announced.issuperset(state.changes_with)] == []
    assert len({state.name for state in STATES}) == len(STATES)

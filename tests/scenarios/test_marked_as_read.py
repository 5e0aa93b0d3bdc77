"""What an agent has answered is marked as read on Mercado Livre, and nothing else."""

from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest
from tests.stories.telling import writing_while_read


def unread(meli: MercadoLivre, sale: int) -> list[str]:
    thread = meli.thread(sale)
    return [
        message.text for message in thread.messages if message.from_user_id != thread.seller_id and not message.read
    ]


def test_what_an_agent_answered_is_marked_as_read_and_what_waits_is_not(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.bought_and_wrote()
    bridge.turn(minutes=2)
    assert unread(meli, sale) == ["Quando chega?"]

    bridge.reply("Amanhã.")
    bridge.turn(seconds=61)
    assert unread(meli, sale) == []

    bridge.write(sale, "E a nota?")
    bridge.reply("Segue.")
    bridge.write(sale, "Obrigada!")
    bridge.turn(seconds=61)
    assert unread(meli, sale) == ["E a nota?", "Obrigada!"]
    bridge.turn(minutes=20)
    assert meli.thread(sale).marked_as_read_by_api == 1


def test_a_reply_that_moderation_refuses_answers_nothing(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    meli.next_moderation = "AUTOMATIC_MESSAGE"

    bridge.reply("Amanhã.")
    bridge.turn(seconds=61)

    assert unread(meli, sale) == ["Quando chega?"]


def test_what_the_buyer_writes_while_it_is_marked_is_brought_in(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    bridge.reply("Amanhã.")
    meli.notifications_enabled = False

    with writing_while_read(meli, sale, "E a nota?"):
        bridge.turn(seconds=61)

    assert [str(message["content"]).split("\n")[0] for message in bridge.messages()][-1] == "E a nota?"


def test_nothing_is_marked_where_the_setting_says_never(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.set(MARK_READ="never")
    sale = bridge.bought_and_wrote()

    bridge.reply("Amanhã.")
    bridge.turn(seconds=61)

    assert unread(meli, sale) == ["Quando chega?"]
    assert meli.thread(sale).marked_as_read_by_api == 0

"""A buyer asks, an agent answers, the answer is on Mercado Livre."""

from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


def test_a_question_crosses_and_its_answer_comes_back(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask("Tem na cor verde?")
    assert bridge.situation() == "Aguarda resposta"

    message = bridge.reply("Temos **sim**, em verde e azul.")

    assert meli.answers_published == [(question, "Temos sim, em verde e azul.")]
    assert message["status"] == "sent"
    assert bridge.conversation()["status"] == "resolved"
    assert [m["message_type"] for m in bridge.messages()] == ["incoming", "outgoing"]
    assert bridge.situation() == "Respondida; só cabe uma resposta"
    assert bridge.notes() == []
    assert bridge.errors == []

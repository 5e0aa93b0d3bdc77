"""What is written about a question and a purchase both ways, at a stage as an operator has it."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.models import Thread
from chalicelib.wiring import bridge as current_bridge

if TYPE_CHECKING:
    from tests.tools.conftest import Deployed

# Long enough ago that nothing of it is taken for being on its way.
SETTLED_MINUTES = 10


class Traffic:
    """A question answered by an agent, another on Mercado Livre's own pages, and a purchase written about both ways."""

    def __init__(self, deployed: "Deployed", began: timedelta = timedelta(hours=1)) -> None:
        self.deployed, self.bridge = deployed, deployed.bridge
        bridge = self.bridge
        # The command goes by the clock on the wall; before that the seller connected, and all of this began.
        bridge.clock.now -= began
        current_bridge().sellers.disconnect(deployed.seller)
        bridge.connect(deployed.seller)
        # The desk's mark is set by its first sweep.
        bridge.sweep()
        self.question = bridge.ask("Tem na cor verde?")
        self.answer = self._reply("question", self.question, "Temos.")
        self.native = bridge.ask("E na azul?")
        bridge.meli.answer_natively(self.native, "Também.")
        bridge.settle()
        self.sale = bridge.buy()
        self.first = bridge.write(self.sale, "Quando chega?")
        self.reply = self._reply("pack", self.sale, "Amanhã.")
        self.second = bridge.write(self.sale, "Obrigada!", [("foto.jpg", "image/jpeg", b"\xff\xd8\xff picture")])
        self.answered = self._reply("pack", self.sale, "Por nada.")
        bridge.sweep()
        bridge.turn(minutes=SETTLED_MINUTES)

    def conversation(self, kind: str, meli_id: int) -> int:
        thread = Thread(self.deployed.seller, kind, str(meli_id))  # type: ignore[arg-type]
        return current_bridge().threads.load(thread).opened.conversation_id

    @property
    def of_sale(self) -> int:
        return self.conversation("pack", self.sale)

    def _reply(self, kind: str, meli_id: int, text: str) -> int:
        self.bridge.clock.turn(seconds=5)
        message = self.bridge.chatwoot.reply(self.conversation(kind, meli_id), text)
        self.bridge.settle()
        return int(message["id"])

    def sent_id(self, chatwoot_message_id: int) -> str:
        """The message at Mercado Livre that a reply became."""
        record = current_bridge().threads.load(Thread(self.deployed.seller, "pack", str(self.sale)))
        return record.deliveries[chatwoot_message_id].parts[0].meli_message_id

    def wipe_replies(self) -> None:
        """As where the table was restored: what became of each reply is not known any more."""
        table = self.bridge.session.resource("dynamodb").Table(f"ponte-{self.bridge.name}-threads")
        for item in table.scan()["Items"]:
            if item["item"].startswith("reply#"):
                table.delete_item(Key={"thread": item["thread"], "item": item["item"]})

    def lose_webhooks(self) -> None:
        self.bridge.chatwoot.outbox.clear()

    def put_into_chatwoot(self, conversation_id: int, **message: Any) -> None:
        path = f"/conversations/{conversation_id}/messages"
        self.bridge.as_administrator("POST", path, {"content": "Por fora.", "message_type": "incoming", **message})
        self.lose_webhooks()

    def show(self, message_id: int, status: str, **fields: str) -> None:
        """What Chatwoot shows of a reply in the sale's conversation."""
        path = f"/conversations/{self.of_sale}/messages/{message_id}"
        self.bridge.as_administrator("PATCH", path, {"status": status, **fields})
        self.lose_webhooks()

    def audit(self, *options: str) -> dict[str, Any]:
        result = self.deployed.run("audit", "--json", *options)
        report: dict[str, Any] = json.loads(result.stdout)
        assert result.exit_code == (1 if report["findings"] else 2 if report["skipped"] else 0)
        return report

    def lose_a_press_of_retry(self, text: str = "Alô?") -> int:
        """A reply failed, and nobody heard that its agent pressed Retry; its id."""
        self.bridge.meli.block(self.sale, "blocked_by_buyer")
        message = self.bridge.chatwoot.reply(self.of_sale, text)
        self.bridge.settle()
        self.bridge.meli.unblock(self.sale)
        self.bridge.chatwoot.press_retry(message["id"])
        self.lose_webhooks()
        return int(message["id"])

    def sent(self) -> list[str]:
        """The words of every message that the bridge sent."""
        return [message.text for message in self.bridge.meli.messages_sent]

"""Whatever happens in whatever order, and whatever fails in between: in the end both sides agree, once and in order."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from chalicelib.audit.compare import Finding
from tests.auditing import count_kinds, disagreements
from tests.drilling import IS_DRILL, Record, examples, tell_tried
from tests.harness import BridgeUnderTest, Machine
from tests.killing import Drill, Executioner

pytestmark = pytest.mark.drill

# DRILL=1 takes minutes.
EXAMPLES, STEPS = examples(15, 400), 30 if IS_DRILL else 12

PICTURE = ("foto.jpg", "image/jpeg", b"\xff\xd8\xff picture")
SENTENCE = "Uma frase que diz pouco, mas com calma."
FAULTS = st.sampled_from(["status", "drop", "commit_then_drop"])
WRITES = st.sampled_from(["POST", "PATCH"])
# Of a write that has an answer in most cases.
MISSING_ANSWERS = st.sampled_from(["", "", "drop", "commit_then_drop"])


class AnyOrder(RuleBasedStateMachine):
    """A buyer, an agent and the seller write about one purchase while things fail."""

    def __init__(self, machine: Machine, found: list[Finding]) -> None:
        super().__init__()
        self.found = found
        self.bridge = BridgeUnderTest(machine)
        self.meli, self.chatwoot = self.bridge.meli, self.bridge.chatwoot
        self.sale = self.bridge.bought_and_wrote("abertura")
        self.conversation = self.bridge.conversation()["id"]
        self.written = ["abertura"]
        self.replies: list[tuple[int, str]] = []
        self.number = 0

    @initialize(fault=MISSING_ANSWERS)
    def agent_has_replied(self, *, fault: str) -> None:
        self.agent_replies(same=False, with_file=False, long=False, fault=fault)

    # What people do

    @rule(same=st.booleans(), with_file=st.booleans())
    def buyer_writes(self, *, same: bool, with_file: bool) -> None:
        text = "Alô?" if same else self._name("comprador")
        self.meli.write(self.sale, text, [PICTURE] if with_file else [])
        self.written.append(text)

    @rule(same=st.booleans(), with_file=st.booleans(), long=st.booleans(), fault=MISSING_ANSWERS)
    def agent_replies(self, *, same: bool, with_file: bool, long: bool, fault: str) -> None:
        text = "Ok." if same else self._name("agente") + (f" {SENTENCE}" * 12 if long else "")
        files = [PICTURE] if with_file else []
        message = self.chatwoot.reply(self.conversation, text, attachments=files)
        self.replies.append((message["id"], text))
        if fault:
            self.meli.add_fault(fault, method="POST", path="/messages/packs/")
        # Chatwoot tells each message once: losing that is another matter.
        self.chatwoot.deliver_webhooks()

    @rule()
    def seller_writes_on_mercado_livre(self) -> None:
        text = self._name("vendedor")
        self.meli.write_natively(self.sale, text)
        self.written.append(text)

    @rule()
    def buyer_reads(self) -> None:
        self.meli.read_messages(self.sale)

    # What goes wrong

    @rule(copies=st.integers(1, 3))
    def notifications_repeat(self, copies: int) -> None:
        self.meli.duplicate_notifications = copies

    @rule(times=st.integers(1, 3))
    def notifications_get_lost(self, times: int) -> None:
        self.meli.drop_notifications(times)

    @rule(kind=FAULTS, skip=st.integers(0, 6))
    def mercado_livre_fails(self, kind: str, skip: int) -> None:
        self.meli.add_fault(kind, skip=skip)

    @rule(kind=FAULTS, skip=st.integers(0, 4))
    def chatwoot_fails(self, kind: str, skip: int) -> None:
        self.chatwoot.add_fault(kind, skip=skip)

    # What hits any call rarely hits one that writes.

    @rule(kind=FAULTS, skip=st.integers(0, 2))
    def mercado_livre_fails_at_a_write(self, kind: str, skip: int) -> None:
        self.meli.add_fault(kind, skip=skip, method="POST")

    @rule(kind=FAULTS, skip=st.integers(0, 2), method=WRITES)
    def chatwoot_fails_at_a_write(self, kind: str, skip: int, method: str) -> None:
        self.chatwoot.add_fault(kind, skip=skip, method=method)

    @rule(gives_no_id=st.booleans())
    def mercado_livre_gives_no_ids(self, *, gives_no_id: bool) -> None:
        self.meli.send_gives_no_id = gives_no_id

    # What moves

    @rule()
    def settle(self) -> None:
        self.bridge.settle()

    @rule(at=st.integers(0, 60))
    def settle_and_be_killed(self, at: int) -> None:
        Drill(self.bridge, Executioner(at)).live_through(lambda: None)

    @rule(seconds=st.integers(1, 100))
    def time_passes(self, seconds: int) -> None:
        self.bridge.turn(seconds=seconds)

    # In the end

    def teardown(self) -> None:
        # What is still to fail fails.
        self.bridge.settle()
        self.meli.clear_faults()
        self.chatwoot.clear_faults()
        self.bridge.restart()
        self.bridge.turn(minutes=7)
        self.bridge.sweep()
        self.bridge.wait_out(minutes=40, step_seconds=60)
        assert self.bridge.jobs_waiting() == self.bridge.dead_letters() == 0
        self._assert_chatwoot_has_all()
        self._assert_mercado_livre_has_all()
        self.found += disagreements(self.bridge)
        assert self.found == []

    def _assert_chatwoot_has_all(self) -> None:
        shown = [m for m in self.chatwoot.messages(self.conversation) if not m["private"]]
        brought = [m for m in shown if m["source_id"]]
        # What comes late says so below its words.
        assert [m["content"].split("\n")[0] for m in brought] == self.written
        assert len({m["source_id"] for m in brought}) == len(brought)
        times = [m["content_attributes"]["external_created_at"] for m in brought]
        assert times == sorted(times)
        assert [(m["id"], m["content"]) for m in shown if not m["source_id"]] == self.replies
        assert {m["status"] for m in shown} <= {"sent", "read"}, [m.get("external_error") for m in shown]

    def _assert_mercado_livre_has_all(self) -> None:
        sent = [message.text for message in self.meli.messages_sent]
        assert " ".join(sent) == " ".join(text for _, text in self.replies)

    def _name(self, who: str) -> str:
        self.number += 1
        return f"{who} {self.number}"


def test_in_the_end_both_sides_agree(machine: Machine, record_property: Record) -> None:
    begun, found = 0, list[Finding]()

    def begin() -> Any:
        nonlocal begun
        begun += 1
        return AnyOrder(machine, found)

    try:
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            begin,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                # A step takes a tenth of a second, so that looking for a shorter failure would take hours.
                phases=[Phase.generate],
            ),
        )
    finally:
        sentence = f"{begun} interleavings of at most {STEPS} steps"
        tell_tried(record_property, sentence, {"interleavings": begun}, count_kinds(found))

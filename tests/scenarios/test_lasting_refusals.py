"""What Mercado Livre goes on refusing is a state that is told once, looked at now and then, and found to be over."""

from typing import Any

from simulators.mercado_livre import MercadoLivre
from tests.fault_points import points_of, swept
from tests.harness import BridgeUnderTest, Machine
from tests.killing import Drill, Executioner

FORBIDDEN = '{"message":"Access to the resource is forbidden","error":"forbidden","status":403,"cause":[]}'
BY_POLICY = '{"code":"PA_UNAUTHORIZED_RESULT_FROM_POLICIES","blocked_by":"PolicyAgent","message":"no","status":403}'


def refuse(meli: MercadoLivre, path: str, **answer: Any) -> None:
    meli.add_fault("status", times=10_000, path=path, **{"status": 403, "body": FORBIDDEN, **answer})


def pass_time(bridge: BridgeUnderTest, *, hours: int = 0, minutes: int = 0) -> None:
    for _ in range((hours * 60 + minutes) // 10):
        bridge.turn(minutes=10)
        bridge.sweep()


def problems(bridge: BridgeUnderTest) -> list[str]:
    return [problem["what"] for problem in bridge.health().json()["problems"]]


def test_a_purchase_that_is_not_shown_any_more_is_told_once_and_found_again(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    for number, answer in enumerate(({}, {"status": 451})):
        sale = bridge.bought_and_wrote()
        conversation = max(each["id"] for each in bridge.chatwoot.conversations())
        refuse(meli, f"/messages/packs/{sale}", **answer)
        bridge.write(sale, "E agora?")
        bridge.write(sale, "Alô?")
        pass_time(bridge, hours=2)

        assert bridge.dead_letters() == bridge.jobs_waiting() == 0
        assert [f"pack/{sale}" in what for what in problems(bridge)] == [True]
        meli.clear_faults()
        pass_time(bridge, hours=3)
        shown = bridge.chatwoot.messages(conversation)
        notes = [message["content"] for message in shown if message["private"]]
        assert sum("não mostra esta conversa" in note for note in notes) == 1, number
        assert sum("voltou a mostrar" in note for note in notes) == 1
        words = [message["content"].split("\n")[0] for message in shown if not message["private"]]
        assert words == ["Quando chega?", "E agora?", "Alô?"]
        assert problems(bridge) == []


def test_one_purchase_that_is_shown_again_hides_no_other_that_is_not(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sales = [bridge.bought_and_wrote() for _ in range(3)]
    for sale in sales:
        refuse(meli, f"/messages/packs/{sale}")
        bridge.write(sale, "E agora?")
    question = bridge.ask("Tem verde?")
    refuse(meli, f"/questions/{question}")
    pass_time(bridge, minutes=30)
    assert len(problems(bridge)) == 1

    for shown_again, left in ((sales[:1], sales[1:]), (sales[:2], sales[2:])):
        meli.clear_faults()
        for sale in left:
            refuse(meli, f"/messages/packs/{sale}")
        bridge.write(shown_again[-1], "Alô?")
        (problem,) = problems(bridge)
        assert any(f"pack/{sale}" in problem for sale in left), problem

    meli.clear_faults()
    bridge.write(sales[2], "Alô?")
    assert problems(bridge) == []
    pass_time(bridge, hours=7)
    assert problems(bridge) == []


def tell_of_a_purchase_that_its_buyer_shows_again(drill: Drill) -> None:
    bridge, meli = drill.bridge, drill.bridge.meli
    sale = bridge.bought_and_wrote()
    refuse(meli, f"/messages/packs/{sale}")
    bridge.write(sale, "E agora?")
    meli.clear_faults()
    drill.live_through(lambda: meli.write(sale, "Alô?"))
    pass_time(bridge, minutes=30)

    assert problems(bridge) == []


def test_a_crash_when_it_is_shown_again_leaves_nothing_told_of_it(machine: Machine) -> None:
    story = tell_of_a_purchase_that_its_buyer_shows_again
    points = list(enumerate(points_of(machine, story)))
    writes = [(number, point) for number, point in points if point.is_after and point.call.is_write]
    killed = [number for number, point in writes if any(name.endswith(".note_shown") for name in point.functions)]
    for number in killed:
        story(Drill(swept(machine), Executioner(number)))
    assert len(killed) >= 3


def test_a_purchase_that_a_sweep_finds_shown_again_is_told_no_more(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    """It had no conversation yet, in which it could have been told."""
    sale = bridge.buy()
    refuse(meli, f"/messages/packs/{sale}")
    bridge.write(sale, "Quando chega?")
    pass_time(bridge, minutes=10)
    assert [f"pack/{sale}" in what for what in problems(bridge)] == [True]
    meli.clear_faults()
    meli.notifications_enabled = False
    meli.write(sale, "Alô?")
    bridge.turn(minutes=2)
    bridge.sweep()

    assert len(bridge.messages()) == 2
    assert problems(bridge) == []


def test_a_parcel_on_its_way_does_not_show_what_was_written(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    refuse(meli, f"/messages/packs/{sale}")
    bridge.write(sale, "E agora?")

    meli.hand_over(sale)
    bridge.settle()

    assert not any("voltou a mostrar" in note for note in bridge.notes())
    assert [f"pack/{sale}" in what for what in problems(bridge)] == [True]
    meli.clear_faults()
    pass_time(bridge, hours=1)
    assert "E agora?" in [message["content"] for message in bridge.messages()]
    assert problems(bridge) == []


def test_a_question_that_is_not_shown_makes_no_dead_letter(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    refuse(meli, "/questions/1")
    bridge.ask("Tem verde?")
    pass_time(bridge, minutes=30)

    assert bridge.dead_letters() == bridge.jobs_waiting() == 0
    assert ["question/" in what for what in problems(bridge)] == [True]
    meli.clear_faults()
    pass_time(bridge, hours=2)
    assert bridge.messages()
    assert problems(bridge) == []


def test_a_permission_that_is_not_ticked_shows_and_what_waits_comes_when_it_is(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    for kind, paths in (("messages", ["/messages/"]), ("questions", ["/questions/"])):
        for path in paths:
            refuse(meli, path, body=BY_POLICY)
        sale = bridge.bought_and_wrote(f"Quando chega? {kind}")
        question = bridge.ask(f"Tem? {kind}")
        pass_time(bridge, minutes=30)

        (problem,) = bridge.health().json()["problems"]
        assert f"shows no {kind}" in problem["what"]
        assert problem["seller"] == bridge.seller
        assert "functional permission" in problem["do"]
        assert bridge.dead_letters() == 0
        meli.clear_faults()
        pass_time(bridge, minutes=20)
        texts = [
            message["content"].split("\n")[0]
            for conversation in bridge.chatwoot.conversations()
            for message in bridge.chatwoot.messages(conversation["id"])
        ]
        assert f"Quando chega? {kind}" in texts, (sale, question)
        assert f"Tem? {kind}" in texts
        assert problems(bridge) == []
        assert bridge.jobs_waiting() == 0


def test_a_reply_waits_for_the_permission(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()
    refuse(meli, "/messages/", body=BY_POLICY)

    message = bridge.reply("Amanhã.")
    bridge.wait_out(minutes=2)
    assert bridge.message(message["id"])["status"] == "sent"
    assert len(bridge.notes()) == 2
    meli.clear_faults()
    pass_time(bridge, minutes=20)

    assert [sent.text for sent in meli.messages_sent] == ["Amanhã."]


def test_a_lasting_refusal_leaves_no_traceback(bridge: BridgeUnderTest, meli: MercadoLivre, capsys: Any) -> None:
    refuse(meli, "/messages/", body=BY_POLICY)
    bridge.bought_and_wrote()
    pass_time(bridge, minutes=10)

    printed = capsys.readouterr().out
    assert "Traceback" not in printed
    assert '"SweepFailed"' not in printed
    assert '"job failed"' not in printed


def test_an_uncertain_answer_to_a_question_that_is_not_shown_any_more_ends(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = bridge.ask()
    meli.add_fault("drop", method="POST", path="/answers")
    refuse(meli, f"/questions/{question}")

    message = bridge.reply("Temos.")
    bridge.wait_out(minutes=2)

    assert bridge.message(message["id"])["status"] == "failed"
    assert bridge.dead_letters() == bridge.jobs_waiting() == 0
    meli.clear_faults()
    bridge.as_administrator("POST", f"/conversations/{message['conversation_id']}/messages/{message['id']}/retry")
    bridge.settle()
    assert meli.answers_published == [(question, "Temos.")]


def test_a_message_that_alone_is_not_shown_hides_nothing_of_its_purchase(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.bought_and_wrote()
    written = meli.write(sale, "E agora?")
    refuse(meli, f"/messages/{written}")
    bridge.settle()
    bridge.turn(minutes=2)
    bridge.sweep()

    assert [message["content"] for message in bridge.messages()] == ["Quando chega?", "E agora?"]
    assert problems(bridge) == []

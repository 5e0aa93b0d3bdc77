"""Agents write commands in private notes, and are answered by private notes that no buyer sees."""

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest

LIST = """Comandos que existem, em nota privada (o comprador não os vê):
- **/ajuda**: mostra esta lista
- **/envio**: onde o pacote está, por onde passou e até quando despachar
- **/etiqueta**: a etiqueta do envio, em PDF
- **/pedido**: a venda como está agora
- **/produto**: o anúncio como está agora: preço, estoque e estado"""

# What an answer must not tell: whom a parcel goes to, and where, but for the town.
PRIVATE = ("Nome Inventado", "XXXXXXX", "zip_code", "receiver")


def note(bridge: BridgeUnderTest, content: str) -> list[str]:
    """An agent writes a private note; those that the bridge adds."""
    before = bridge.notes()
    bridge.chatwoot.reply(bridge.conversation()["id"], content, private=True)
    bridge.settle()
    return bridge.notes()[len(before) + 1 :]


def test_help_tells_once_what_commands_there_are_in_the_agents_language(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.ask()

    for written in ("/ajuda", "/ayuda", "/help", " /AJUDA por favor"):
        assert note(bridge, written) == [LIST]
    bridge.set(AGENT_LANGUAGE="en")
    (told,) = note(bridge, "/help")

    assert "\n- **/help**: shows this list\n" in told
    assert "\n- **/label**: the label of the shipment, as a PDF\n" in told
    assert meli.answers_published == []
    assert len(bridge.messages()) == 1


def test_a_word_that_is_no_command_is_told_so_and_what_there_is(bridge: BridgeUnderTest) -> None:
    bridge.bought_and_wrote()

    assert note(bridge, "/etiquetta 1") == [f"O comando /etiquetta não existe.\n\n{LIST}"]


def test_a_note_that_only_looks_like_a_command_stays_a_note(bridge: BridgeUnderTest) -> None:
    bridge.ask()

    for words in ("/home/ana/nota.pdf", "/2 do valor", "veja /ajuda", "/", "/ ajuda", "24/11", "//ajuda", "/n° 3"):
        assert note(bridge, words) == []


def test_a_command_written_as_a_reply_fails_and_reaches_no_buyer(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()

    for words in (
        "/ajuda",
        "/AJUDA",
        "/ajuda este comprador é difícil",
        "/etiqueta",
        "/Envío.",
        "/order",
        "**/pedido**",
    ):
        message = bridge.reply(words)
        assert message["status"] == "failed"
        assert "nota privada" in message["content_attributes"]["external_error"]
    assert meli.messages_sent == []

    assert bridge.reply("/desconhecido")["status"] == "sent"
    assert bridge.reply("Veja /ajuda no site.")["status"] == "sent"


def test_a_command_whose_answer_is_uncertain_is_answered_once(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.ask()
    chatwoot.add_fault("commit_then_drop", method="POST", path="/messages")

    note(bridge, "/ajuda")
    bridge.wait_out(minutes=1)

    assert bridge.notes().count(LIST) == 1
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_a_command_does_not_wait_behind_a_reply(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()
    meli.add_fault("status", status=503, times=1000)
    bridge.reply("Oi")

    assert note(bridge, "/ajuda") == [LIST]


def test_a_command_in_a_conversation_of_another_origin_is_answered_there(
    bridge: BridgeUnderTest, chatwoot: Chatwoot
) -> None:
    contact = bridge.as_administrator("POST", "/contacts", {"name": "Alguém", "inbox_id": bridge.sales_inbox})
    conversation = bridge.as_administrator(
        "POST",
        "/conversations",
        {"inbox_id": bridge.sales_inbox, "contact_id": contact["payload"]["contact"]["id"], "source_id": "elsewhere"},
    )

    chatwoot.reply(conversation["id"], "/ajuda", private=True)
    bridge.settle()

    assert bridge.notes() == ["/ajuda", LIST]


def test_a_command_that_never_reached_us_is_found_by_the_sweep(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.ask()
    bridge.sweep()
    chatwoot.reply(bridge.conversation()["id"], "/ajuda", private=True)
    chatwoot.outbox.clear()

    for _ in range(3):
        bridge.sweep()
        bridge.turn(minutes=2)

    assert bridge.notes() == ["/ajuda", LIST]


# What there is to ask about a sale


def test_each_command_is_known_by_its_name_in_each_language(bridge: BridgeUnderTest) -> None:
    sale = bridge.bought_and_wrote()
    for names, beginning in (
        (("/pedido", "/order", "/pedido, por favor"), "**Venda no Mercado Livre**"),
        (("/envio", "/envío", "/shipment"), f"**Envio {bridge.meli.thread(sale).shipment.id}**"),
        (("/etiqueta", "/label", "/Etiqueta!"), "Etiqueta do envio"),
    ):
        for name in names:
            (told,) = note(bridge, name)
            assert told.replace("Reimpressão da etiqueta", "Etiqueta").startswith(beginning), (name, told)


def test_a_shipment_is_told_with_its_deadline_its_way_and_its_town_alone(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.bought_and_wrote()
    (ready,) = note(bridge, "/envio")
    meli.carry(sale, "ship")
    bridge.settle()
    (shipped,) = note(bridge, "/envio")

    assert "despachar até 23/11/2026 09:00" in ready.lower()
    assert "Destino: Rio de Janeiro, Rio de Janeiro" in ready
    assert "[Acompanhar o pacote](https://rastreio.example.invalid/" in shipped
    assert shipped.index("- 22/11/2026 09:00: a caminho") < shipped.index("- 22/11/2026 09:00: pronto para enviar")
    assert [word for word in PRIVATE if word in ready + shipped] == []
    assert meli.messages_sent == []


def test_commands_about_a_sale_say_where_they_are_of_use(bridge: BridgeUnderTest) -> None:
    bridge.ask()

    for name in ("/pedido", "/envio", "/etiqueta"):
        (told,) = note(bridge, name)
        assert told.startswith("Esta conversa não é de uma venda"), name


def test_a_command_that_mercado_livre_keeps_waiting_is_told_so_once_and_answered(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.bought_and_wrote()
    meli.add_fault("status", status=503, times=1000)
    note(bridge, "/pedido")
    bridge.wait_out(minutes=5)
    assert [told[:41] for told in bridge.notes()[2:]] == ["O Mercado Livre não está respondendo. O c"]

    meli.clear_faults()
    bridge.wait_out(minutes=10)

    assert bridge.notes()[-1].startswith("**Venda no Mercado Livre**")
    assert len(bridge.notes()) == 4


def test_a_command_of_an_account_that_must_log_in_again_says_so(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()
    meli.revoke_grant(bridge.seller)

    (told,) = note(bridge, "/pedido")

    assert told.startswith("A conta do Mercado Livre precisa ser autorizada de novo")
    assert bridge.jobs_waiting() == 0


def test_a_listing_is_told_as_it_is_now_beside_a_question_and_a_sale(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.ask()
    meli.set_variations(bridge.item, {"Azul": 3, "Verde": 0})
    meli.set_price(bridge.item, 49.9, regular_price=62.96)
    bridge.settle()

    (told,) = note(bridge, "/produto")

    assert told.split("\n")[:-1] == [
        "**Caneca azul 300 ml**",
        "Estado: ativo",
        "Preço: R$ 49,90 (em oferta; preço normal R$ 62,96)",
        "Estoque: 3",
        "- Azul: 3",
        "- Verde: 0",
    ]
    meli.set_stock(bridge.item, 0)
    bridge.settle()
    assert "Estado: pausado (sem estoque)" in note(bridge, "/product")[0]


def test_a_listing_that_was_bought_is_told_too(bridge: BridgeUnderTest) -> None:
    bridge.bought_and_wrote()

    (told,) = note(bridge, "/producto")

    assert told.startswith("**Caneca azul 300 ml**\nEstado: ativo\nPreço: R$ 62,96\n")

"""Tells the journals of both simulators in plain Portuguese sentences, for someone who has never seen Ponte."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from simulators.service import Exchange

# What matters to the story, what only completes it, what went wrong, and what the page's own user did.
KEY, DETAIL, FAILURE, ACT = "key", "detail", "failure", "act"


class Sentence(NamedTuple):
    """One line of the log; `outcome` is the small print after it."""

    text: str
    outcome: str
    tone: str


@dataclass(frozen=True)
class Call:
    """How a call of the bridge reads when it worked («leu») and when it did not («tentou ler»)."""

    method: str
    path: str
    past: str
    infinitive: str
    what: str
    tone: str = DETAIL


CALLS = {
    "mercado_livre": (
        Call("GET", r"/questions/(\d+)", "leu", "ler", "a pergunta {} no Mercado Livre", KEY),
        Call("POST", r"/answers", "publicou", "publicar", "a resposta no Mercado Livre", KEY),
        Call("GET", r"/questions/search", "procurou", "procurar", "perguntas sem resposta no Mercado Livre"),
        Call("GET", r"/my/received_questions/search", "procurou", "procurar", "perguntas recebidas no Mercado Livre"),
        Call("GET", r"/items/(\w+)", "leu", "ler", "o anúncio {} no Mercado Livre"),
        Call("GET", r"/items", "leu", "ler", "anúncios no Mercado Livre"),
        Call("GET", r"/users/me", "leu", "ler", "a conta do vendedor no Mercado Livre"),
        Call("GET", r"/users/(\d+)", "leu", "ler", "o apelido do usuário {} no Mercado Livre"),
        Call("GET", r"/messages/packs/(\d+)/sellers/\d+", "leu", "ler", "a conversa da venda {} no Mercado Livre", KEY),
        Call(
            "POST",
            r"/messages/packs/(\d+)/sellers/\d+",
            "enviou",
            "enviar",
            "a mensagem ao comprador, na venda {} do Mercado Livre",
            KEY,
        ),
        Call("POST", r"/messages/attachments", "entregou", "entregar", "um anexo ao Mercado Livre", KEY),
        Call("GET", r"/messages/attachments/.*", "baixou", "baixar", "um anexo do Mercado Livre", KEY),
        Call("GET", r"/messages/unread.*", "procurou", "procurar", "mensagens não lidas no Mercado Livre"),
        Call("GET", r"/messages/\w+", "viu", "ver", "de que venda é uma mensagem no Mercado Livre"),
        Call("GET", r"/orders/search", "procurou", "procurar", "pedidos alterados no Mercado Livre"),
        Call("GET", r"/orders/(\d+)", "leu", "ler", "o pedido {} no Mercado Livre"),
        Call("GET", r"/packs/(\d+)", "leu", "ler", "o carrinho {} no Mercado Livre"),
        Call("GET", r"/shipments/(\d+)", "leu", "ler", "o envio {} no Mercado Livre"),
        Call("GET", r"/shipments/(\d+)/\w+", "viu", "ver", "o prazo e o caminho do envio {} no Mercado Livre"),
        Call("GET", r"/shipment_labels", "baixou", "baixar", "uma etiqueta do Mercado Livre", KEY),
        Call("GET", r"/items/(\w+)/sale_price", "leu", "ler", "o preço do anúncio {} no Mercado Livre"),
        Call("GET", r"/post-purchase/v1/claims/(\d+).*", "leu", "ler", "a reclamação {} no Mercado Livre"),
        Call("GET", r"/missed_feeds", "procurou", "procurar", "notificações perdidas no Mercado Livre"),
        Call("GET", r"/moderations/.*", "procurou", "procurar", "o motivo da moderação no Mercado Livre"),
        Call("POST", r"/oauth/token", "renovou", "renovar", "o acesso à conta do vendedor no Mercado Livre"),
    ),
    "chatwoot": (
        Call("POST", r"/conversations", "criou", "criar", "a conversa no Chatwoot", KEY),
        Call("GET", r"/conversations", "procurou", "procurar", "a conversa no Chatwoot"),
        Call("GET", r"/conversations/(\d+)", "leu", "ler", "a conversa {} no Chatwoot"),
        Call("POST", r"/conversations/(\d+)/messages", "escreveu", "escrever", "na conversa {} do Chatwoot", KEY),
        Call("GET", r"/conversations/(\d+)/messages", "leu", "ler", "as mensagens da conversa {} no Chatwoot"),
        Call(
            "PATCH",
            r"/conversations/(\d+)/messages/\d+",
            "mostrou",
            "mostrar",
            "ao atendente, na conversa {}, o que foi feito da resposta",
            KEY,
        ),
        Call("POST", r"/conversations/(\d+)/labels", "etiquetou", "etiquetar", "a conversa {} no Chatwoot"),
        Call("POST", r"/conversations/(\d+)/toggle_status", "mudou", "mudar", "o status da conversa {} no Chatwoot"),
        Call("POST", r"/conversations/(\d+)/toggle_priority", "mudou", "mudar", "a prioridade da conversa {}"),
        Call("POST", r"/conversations/(\d+)/custom_attributes", "atualizou", "atualizar", "os dados da conversa {}"),
        Call("POST", r"/contacts", "criou", "criar", "o contato do comprador no Chatwoot"),
        Call("POST", r"/contacts/filter", "procurou", "procurar", "o contato do comprador no Chatwoot"),
        Call("GET", r"/contacts/.*", "leu", "ler", "o contato do comprador no Chatwoot"),
        Call("GET", r"/inboxes.*", "conferiu", "conferir", "as caixas de entrada do Chatwoot"),
        Call("POST", r"/inboxes", "criou", "criar", "uma caixa de entrada no Chatwoot"),
        Call("PATCH", r"/inboxes/\d+", "ajustou", "ajustar", "uma caixa de entrada do Chatwoot"),
        Call("GET", r"/custom_attribute_definitions", "conferiu", "conferir", "os atributos do Chatwoot"),
        Call("POST", r"/custom_attribute_definitions", "criou", "criar", "um atributo no Chatwoot"),
        Call("DELETE", r"/custom_attribute_definitions/\d+", "retirou", "retirar", "um atributo do Chatwoot"),
        Call("GET", r"/labels", "conferiu", "conferir", "as etiquetas do Chatwoot"),
        Call("GET", r"/api", "conferiu", "conferir", "a versão do Chatwoot"),
        Call("POST", r"/labels", "criou", "criar", "uma etiqueta no Chatwoot"),
        Call("GET", r"/profile", "conferiu", "conferir", "o próprio acesso ao Chatwoot"),
    ),
}
NAMES = {"mercado_livre": "Mercado Livre", "chatwoot": "Chatwoot"}
# Of the many events these move the bridge.
KEY_EVENTS = {
    "mercado_livre": ("questions", "messages", "items"),
    "chatwoot": ("message_created", "message_updated"),
}
# Where Chatwoot keeps files. This page shows them too, so nobody can tell who asked.
FILE_PATHS = (
    (r"/rails/active_storage/disk/.*", "entregou um anexo", "entregar um anexo"),
    (r"/rails/active_storage/.*", "disse onde está um anexo", "dizer onde está um anexo"),
)

# Chatwoot's activities, which the simulator writes in English.
ACTIVITIES = (
    (r"Conversation was reopened by (.+)", r"Conversa reaberta por \1"),
    (r"Conversation was marked resolved by (.+)", r"Conversa resolvida por \1"),
    (r"Conversation was marked as pending by (.+)", r"Conversa marcada como pendente por \1"),
    (r"Conversation was snoozed by (.+)", r"Conversa adiada por \1"),
    (r"Conversation unassigned by (.+)", r"Conversa sem responsável, por \1"),
    (r"(.+) self-assigned this conversation", r"\1 assumiu esta conversa"),
    (r"Assigned to (.+) by (.+)", r"Atribuída a \1 por \2"),
    (r"(.+) added (.+)", r"\1 adicionou \2"),
    (r"(.+) removed (.+)", r"\1 removeu \2"),
)


def narrate(exchange: Exchange) -> Sentence:
    """What one line of a journal means."""
    return _narrate_webhook(exchange) if exchange.direction == "out" else _narrate_call(exchange)


def translate_activity(text: str) -> str:
    """An activity of a conversation, as a Chatwoot in Portuguese would word it."""
    for english, portuguese in ACTIVITIES:
        if match := re.fullmatch(english, text):
            return match.expand(portuguese)
    return text


def _narrate_call(exchange: Exchange) -> Sentence:
    path = re.sub(r"^/api/v1(/accounts/\d+)?", "", exchange.path)
    outcome = _describe_outcome(exchange)
    if (exchange.method, path) == ("GET", "/authorization"):
        return Sentence("O vendedor autorizou a ponte no Mercado Livre", outcome, KEY)
    for pattern, past, infinitive in FILE_PATHS if exchange.service == "chatwoot" else ():
        if re.fullmatch(pattern, path):
            if _worked(exchange):
                return Sentence(f"O Chatwoot {past}", outcome, DETAIL)
            return Sentence(f"O Chatwoot não conseguiu {infinitive}", outcome, FAILURE)
    for call in CALLS[exchange.service]:
        match = re.fullmatch(call.path, path)
        if not match or call.method != exchange.method:
            continue
        what = call.what.format(*match.groups())
        if _worked(exchange):
            return Sentence(f"A ponte {call.past} {what}", outcome, call.tone)
        # A refusal of a look-up is part of the work; an outage and a refused answer are not.
        is_grave = exchange.status == 0 or exchange.status >= 500 or call.tone == KEY
        return Sentence(f"A ponte tentou {call.infinitive} {what}", outcome, FAILURE if is_grave else DETAIL)
    return Sentence(f"{exchange.method} {exchange.path}", outcome, KEY if _worked(exchange) else FAILURE)


def _narrate_webhook(exchange: Exchange) -> Sentence:
    # The address holds a secret; only what follows it, where the simulator says it, is shown.
    event = exchange.path.partition(" ")[2].split(" ")[0]
    about = f": nova notificação de {event}" if exchange.service == "mercado_livre" and event else ""
    if exchange.service == "chatwoot" and event:
        about = f": {event}"
    outcome = _describe_outcome(exchange)
    name = NAMES[exchange.service]
    if not _worked(exchange):
        return Sentence(f"{name} não conseguiu avisar a ponte{about}", outcome, FAILURE)
    is_key = not event or event in KEY_EVENTS[exchange.service]
    return Sentence(f"{name} avisou a ponte{about}", outcome, KEY if is_key else DETAIL)


def _worked(exchange: Exchange) -> bool:
    return 200 <= exchange.status < 400


def _describe_outcome(exchange: Exchange) -> str:
    status = str(exchange.status) if exchange.status else "sem resposta"
    return f"→ {status} em {exchange.milliseconds:.0f} ms"

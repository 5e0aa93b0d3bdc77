"""Every sentence that an agent or a seller reads, in Brazilian Portuguese, Spanish and English.

A sentence says what happened, to what, and what to do next. Facts are named in braces.
"""

from collections.abc import Mapping
from typing import Literal

Language = Literal["pt-BR", "es", "en"]

SENTENCES: Mapping[str, Mapping[str, str]] = {
    # Replies that were not published
    "answer_empty": {
        "pt-BR": "Não enviada: a resposta não tem texto. Escreva a resposta e envie de novo.",
        "es": "No enviada: la respuesta no tiene texto. Escríbala y envíela de nuevo.",
        "en": "Not sent: the answer has no text. Write it and send it again.",
    },
    "answer_too_long": {
        "pt-BR": "Não enviada: a resposta tem {length} caracteres e o Mercado Livre aceita até {limit}. "
        "Encurte o texto e envie de novo.",
        "es": "No enviada: la respuesta tiene {length} caracteres y Mercado Libre acepta hasta {limit}. "
        "Acorte el texto y envíela de nuevo.",
        "en": "Not sent: the answer has {length} characters and Mercado Livre takes up to {limit}. "
        "Shorten it and send it again.",
    },
    "answer_with_attachment": {
        "pt-BR": "Não enviada: o Mercado Livre não aceita anexos em respostas a perguntas, e o texto também não foi "
        "enviado. Envie só o texto.",
        "es": "No enviada: Mercado Libre no acepta adjuntos en respuestas a preguntas, y el texto tampoco se envió. "
        "Envíe solo el texto.",
        "en": "Not sent: Mercado Livre takes no attachments in answers to questions, and the text was not sent "
        "either. Send the text alone.",
    },
    "question_already_answered": {
        "pt-BR": "Não enviada: esta pergunta já foi respondida, e o Mercado Livre aceita uma só resposta por pergunta.",
        "es": "No enviada: esta pregunta ya fue respondida, y Mercado Libre acepta una sola respuesta por pregunta.",
        "en": "Not sent: this question has already been answered, and Mercado Livre takes one answer a question.",
    },
    "question_gone": {
        "pt-BR": "Não enviada: a pergunta foi excluída e não pode mais ser respondida.",
        "es": "No enviada: la pregunta fue eliminada y ya no se puede responder.",
        "en": "Not sent: the question was deleted and can no longer be answered.",
    },
    "question_banned": {
        "pt-BR": "Não enviada: o Mercado Livre removeu a pergunta, que não pode mais ser respondida.",
        "es": "No enviada: Mercado Libre eliminó la pregunta, que ya no se puede responder.",
        "en": "Not sent: Mercado Livre removed the question, which can no longer be answered.",
    },
    "question_closed": {
        "pt-BR": "Não enviada: a pergunta foi encerrada sem resposta e não pode mais ser respondida.",
        "es": "No enviada: la pregunta se cerró sin respuesta y ya no se puede responder.",
        "en": "Not sent: the question was closed unanswered and can no longer be answered.",
    },
    "question_under_review": {
        "pt-BR": "Não enviada: o Mercado Livre está analisando a pergunta. Tente de novo quando ela for liberada; "
        "avisaremos aqui.",
        "es": "No enviada: Mercado Libre está revisando la pregunta. Intente de nuevo cuando se libere; "
        "avisaremos aquí.",
        "en": "Not sent: Mercado Livre is reviewing the question. Try again once it is released; a note here will say "
        "so.",
    },
    "item_not_active": {
        "pt-BR": "Não enviada: o anúncio não está ativo. Reative o anúncio no Mercado Livre e tente de novo.",
        "es": "No enviada: la publicación no está activa. Reactívela en Mercado Libre e intente de nuevo.",
        "en": "Not sent: the listing is not active. Reactivate it on Mercado Livre and try again.",
    },
    "reply_forbidden": {
        "pt-BR": "Não enviada: o Mercado Livre não permite que esta conta responda ({words}). Verifique as permissões "
        "do aplicativo e a conta conectada.",
        "es": "No enviada: Mercado Libre no permite que esta cuenta responda ({words}). Verifique los permisos de la "
        "aplicación y la cuenta conectada.",
        "en": "Not sent: Mercado Livre does not let this account reply ({words}). Check the application's permissions "
        "and the connected account.",
    },
    "reply_refused": {
        "pt-BR": "Não enviada: o Mercado Livre recusou a mensagem ({words}).",
        "es": "No enviada: Mercado Libre rechazó el mensaje ({words}).",
        "en": "Not sent: Mercado Livre refused the message ({words}).",
    },
    "not_a_mercado_livre_conversation": {
        "pt-BR": "Não enviada: esta conversa não veio do Mercado Livre, então não há a quem entregar. Responda na "
        "conversa aberta pela pergunta ou pela compra.",
        "es": "No enviada: esta conversación no vino de Mercado Libre, así que no hay a quién entregarla. Responda en "
        "la conversación abierta por la pregunta o la compra.",
        "en": "Not sent: this conversation does not come from Mercado Livre, so there is nobody to deliver to. Reply "
        "in the conversation that the question or the purchase opened.",
    },
    "reply_withdrawn": {
        "pt-BR": "Não enviada: a mensagem foi excluída antes de sair.",
        "es": "No enviada: el mensaje fue eliminado antes de salir.",
        "en": "Not sent: the message was deleted before it went out.",
    },
    "reply_given_up": {
        "pt-BR": "Não foi possível confirmar o envio por um erro da ponte. Tente de novo: antes de enviar, a ponte "
        "verifica se a resposta já chegou.",
        "es": "No se pudo confirmar el envío por un error del puente. Intente de nuevo: antes de enviar, el puente "
        "verifica si la respuesta ya llegó.",
        "en": "An error in the bridge kept the sending from being confirmed. Try again: before it sends, the bridge "
        "checks whether the reply has already arrived.",
    },
    "reply_not_sent_note": {
        "pt-BR": "Sua mensagem “{excerpt}” não chegou ao comprador. {reason}",
        "es": "Su mensaje “{excerpt}” no llegó al comprador. {reason}",
        "en": "Your message “{excerpt}” did not reach the buyer. {reason}",
    },
    "reply_waiting": {
        "pt-BR": "O Mercado Livre não está aceitando a resposta agora. Ela continua na fila e será enviada assim que "
        "possível; não envie de novo.",
        "es": "Mercado Libre no está aceptando la respuesta ahora. Sigue en la cola y se enviará en cuanto sea "
        "posible; no la envíe de nuevo.",
        "en": "Mercado Livre is not taking the reply right now. It stays in the queue and goes out as soon as "
        "possible; do not send it again.",
    },
    "reply_waiting_for_login": {
        "pt-BR": "A resposta está na fila, mas a conta do Mercado Livre precisa ser autorizada de novo. Um "
        "administrador da conta deve abrir {link}; depois disso a resposta segue sozinha.",
        "es": "La respuesta está en la cola, pero la cuenta de Mercado Libre debe autorizarse de nuevo. Un "
        "administrador de la cuenta debe abrir {link}; después la respuesta sale sola.",
        "en": "The reply is in the queue, but the Mercado Livre account must be authorised again. An administrator of "
        "the account should open {link}; the reply then goes out by itself.",
    },
    # The first message and the notes of a question
    "question_text_removed": {
        "pt-BR": "[O texto da pergunta foi removido pelo Mercado Livre]",
        "es": "[Mercado Libre eliminó el texto de la pregunta]",
        "en": "[Mercado Livre removed the text of the question]",
    },
    "listing": {
        "pt-BR": "Anúncio: {title}",
        "es": "Publicación: {title}",
        "en": "Listing: {title}",
    },
    "note_UNDER_REVIEW": {
        "pt-BR": "O Mercado Livre está analisando esta pergunta. Ainda não é possível responder; avisaremos aqui "
        "quando for liberada.",
        "es": "Mercado Libre está revisando esta pregunta. Todavía no se puede responder; avisaremos aquí cuando se "
        "libere.",
        "en": "Mercado Livre is reviewing this question. It cannot be answered yet; a note here will say when it can.",
    },
    "note_UNANSWERED": {
        "pt-BR": "A pergunta foi liberada e já pode ser respondida.",
        "es": "La pregunta fue liberada y ya se puede responder.",
        "en": "The question was released and can be answered now.",
    },
    "note_BANNED": {
        "pt-BR": "O Mercado Livre removeu esta pergunta. Ela não pode mais ser respondida.",
        "es": "Mercado Libre eliminó esta pregunta. Ya no se puede responder.",
        "en": "Mercado Livre removed this question. It can no longer be answered.",
    },
    "note_DELETED": {
        "pt-BR": "Esta pergunta foi excluída no Mercado Livre. Ela não pode mais ser respondida.",
        "es": "Esta pregunta fue eliminada en Mercado Libre. Ya no se puede responder.",
        "en": "This question was deleted on Mercado Livre. It can no longer be answered.",
    },
    "note_DISABLED": {
        "pt-BR": "Esta pergunta foi desativada no Mercado Livre. Ela não pode mais ser respondida.",
        "es": "Esta pregunta fue desactivada en Mercado Libre. Ya no se puede responder.",
        "en": "This question was disabled on Mercado Livre. It can no longer be answered.",
    },
    "note_CLOSED_UNANSWERED": {
        "pt-BR": "Esta pergunta foi encerrada sem resposta. Ela não pode mais ser respondida.",
        "es": "Esta pregunta se cerró sin respuesta. Ya no se puede responder.",
        "en": "This question was closed unanswered. It can no longer be answered.",
    },
    "note_unknown_state": {
        "pt-BR": "O Mercado Livre mudou o estado desta pergunta para {state}.",
        "es": "Mercado Libre cambió el estado de esta pregunta a {state}.",
        "en": "Mercado Livre changed the state of this question to {state}.",
    },
    "answer_removed": {
        "pt-BR": "O Mercado Livre removeu a resposta publicada. A pergunta não pode ser respondida de novo.",
        "es": "Mercado Libre eliminó la respuesta publicada. La pregunta no se puede responder de nuevo.",
        "en": "Mercado Livre removed the published answer. The question cannot be answered again.",
    },
    "answer_removed_because": {
        "pt-BR": "O Mercado Livre removeu a resposta publicada: {reason} A pergunta não pode ser respondida de novo.",
        "es": "Mercado Libre eliminó la respuesta publicada: {reason} La pregunta no se puede responder de nuevo.",
        "en": "Mercado Livre removed the published answer: {reason} The question cannot be answered again.",
    },
    # Listing states
    "item_active": {"pt-BR": "ativo", "es": "activa", "en": "active"},
    "item_paused": {"pt-BR": "pausado", "es": "pausada", "en": "paused"},
    "item_closed": {"pt-BR": "finalizado", "es": "finalizada", "en": "closed"},
    "item_under_review": {"pt-BR": "em análise", "es": "en revisión", "en": "under review"},
    "item_inactive": {"pt-BR": "inativo", "es": "inactiva", "en": "inactive"},
    # Pages of the authorization
    "connected_title": {"pt-BR": "Conta conectada", "es": "Cuenta conectada", "en": "Account connected"},
    "connected": {
        "pt-BR": "A conta {nickname} ({seller_id}) está conectada. As perguntas dela chegam agora ao "
        "Chatwoot. Você pode fechar esta página.",
        "es": "La cuenta {nickname} ({seller_id}) está conectada. Sus preguntas llegan ahora a Chatwoot. "
        "Puede cerrar esta página.",
        "en": "The account {nickname} ({seller_id}) is connected. Its questions now reach Chatwoot. You "
        "may close this page.",
    },
    "not_connected_title": {
        "pt-BR": "A conta não foi conectada",
        "es": "La cuenta no se conectó",
        "en": "The account was not connected",
    },
    "state_unknown": {
        "pt-BR": "Este link de autorização já foi usado ou expirou. Abra de novo o link de conexão: {link}",
        "es": "Este enlace de autorización ya se usó o expiró. Abra de nuevo el enlace de conexión: {link}",
        "en": "This authorization link was already used or has expired. Open the connection link again: {link}",
    },
    "authorization_denied": {
        "pt-BR": "A autorização não foi concedida no Mercado Livre ({words}). Se não foi de propósito, abra de novo: "
        "{link}",
        "es": "La autorización no se concedió en Mercado Libre ({words}). Si no fue a propósito, abra de nuevo: {link}",
        "en": "The authorization was not granted on Mercado Livre ({words}). If that was not intended, open this "
        "again: {link}",
    },
    "operator_not_allowed": {
        "pt-BR": "Quem entrou no Mercado Livre é um colaborador da conta. Saia, entre como administrador da conta e "
        "abra de novo: {link}",
        "es": "Quien ingresó en Mercado Libre es un colaborador de la cuenta. Salga, ingrese como administrador de la "
        "cuenta y abra de nuevo: {link}",
        "en": "Whoever logged in to Mercado Livre is a collaborator of the account. Log out, log in as the account's "
        "administrator and open this again: {link}",
    },
    "code_refused": {
        "pt-BR": "O Mercado Livre recusou o código de autorização ({words}). Verifique no DevCenter a URI de redirect "
        "({redirect_uri}) e a chave secreta, e abra de novo: {link}",
        "es": "Mercado Libre rechazó el código de autorización ({words}). Verifique en el DevCenter la URI de "
        "redirect ({redirect_uri}) y la clave secreta, y abra de nuevo: {link}",
        "en": "Mercado Livre refused the authorization code ({words}). Check the redirect URI ({redirect_uri}) and the "
        "secret key in DevCenter, and open this again: {link}",
    },
}


class Wording:
    """Says things in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def say(self, sentence: str, **facts: object) -> str:
        """The sentence with its facts; a KeyError for a sentence that does not exist is a mistake of ours."""
        return SENTENCES[sentence][self.language].format(**facts)

    def knows(self, sentence: str) -> bool:
        return sentence in SENTENCES

    def price(self, amount: float, currency_id: str) -> str:
        """An amount as people write it: `R$ 1.234,56` in Portuguese and Spanish, `R$ 1,234.56` in English."""
        written = f"{amount:,.2f}"
        if self.language != "en":
            written = written.replace(",", " ").replace(".", ",").replace(" ", ".")
        return f"{CURRENCY_SIGNS.get(currency_id, currency_id)} {written}".strip()


# The signs people use at each site; another currency keeps its code.
CURRENCY_SIGNS = {"BRL": "R$", "USD": "US$", "ARS": "$", "MXN": "$", "CLP": "$", "COP": "$", "UYU": "$U", "PEN": "S/"}

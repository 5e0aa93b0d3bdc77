"""What agents read about questions: answers that were not published, the first message, the notes."""

from collections.abc import Mapping

SENTENCES: Mapping[str, Mapping[str, str]] = {
    # Answers that were not published
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
}

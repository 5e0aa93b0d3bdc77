"""Why Mercado Livre blocks the conversation of a sale, by the `substatus` of `conversation_status`.

Each one stands alone in a private note, and after `conversation_blocked` where a reply was not sent.
"""

from collections.abc import Mapping

# https://developers.mercadolivre.com.br/pt_br/mensagens-bloqueadas

_MEDIATION = {
    "pt-BR": "Há uma mediação em andamento nesta venda. Enquanto ela durar, fale com o comprador na reclamação, no "
    "Mercado Livre.",
    "es": "Hay una mediación en curso en esta venta. Mientras dure, hable con el comprador en el reclamo, en Mercado "
    "Libre.",
    "en": "A mediation is under way in this sale. While it lasts, talk to the buyer in the claim, on Mercado Livre.",
}

_SELLER_MAY_NOT_BEGIN = {
    "pt-BR": "Nesta venda, o Mercado Livre não deixa o vendedor começar a conversa com uma mensagem livre. Espere o "
    "comprador escrever ou use as opções de contato da venda, no Mercado Livre.",
    "es": "En esta venta, Mercado Libre no permite que el vendedor inicie la conversación con un mensaje libre. Espere "
    "a que el comprador escriba o use las opciones de contacto de la venta, en Mercado Libre.",
    "en": "In this sale, Mercado Livre does not let the seller write first. Wait for the buyer to "
    "write, or use the contact options of the sale, on Mercado Livre.",
}

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "blocked/blocked_by_time": {
        "pt-BR": "Passaram-se 30 dias desde a última mensagem, e o Mercado Livre fechou a conversa. Ela só reabre se o "
        "comprador escrever.",
        "es": "Pasaron 30 días desde el último mensaje, y Mercado Libre cerró la conversación. Solo se reabre si el "
        "comprador escribe.",
        "en": "It has been 30 days since the last message, and Mercado Livre closed the conversation. It reopens only "
        "if the buyer writes.",
    },
    "blocked/blocked_by_buyer": {
        "pt-BR": "O comprador bloqueou as mensagens desta venda. Só ele pode reabrir a conversa.",
        "es": "El comprador bloqueó los mensajes de esta venta. Solo él puede reabrir la conversación.",
        "en": "The buyer blocked the messages of this sale. Only the buyer can reopen the conversation.",
    },
    "blocked/blocked_by_mediation": _MEDIATION,
    # Mercado Livre writes it both ways.
    "blocked/bloqued_by_mediation": _MEDIATION,
    "blocked/blocked_by_mediation_fbm": {
        "pt-BR": "Há uma mediação em andamento nesta venda do Full. Enquanto ela durar, acompanhe a reclamação no "
        "Mercado Livre.",
        "es": "Hay una mediación en curso en esta venta de Full. Mientras dure, siga el reclamo en Mercado Libre.",
        "en": "A mediation is under way in this Full sale. While it lasts, follow the claim on Mercado Livre.",
    },
    "blocked/blocked_by_fulfillment": {
        "pt-BR": "Esta venda é enviada pelo Full, e o Mercado Livre só libera as mensagens depois da entrega. Responda "
        "quando o pacote for entregue.",
        "es": "Esta venta se envía por Full, y Mercado Libre solo habilita los mensajes después de la entrega. "
        "Responda cuando el paquete se haya entregado.",
        "en": "This sale ships through Full, and Mercado Livre opens its messages only after delivery. Reply once the "
        "package has been delivered.",
    },
    "blocked/blocked_by_payment": {
        "pt-BR": "O pagamento desta venda ainda não foi confirmado. O Mercado Livre libera a conversa assim que isso "
        "acontecer; responda um pouco mais tarde.",
        "es": "El pago de esta venta todavía no se confirmó. Mercado Libre habilita la conversación en cuanto eso "
        "ocurra; responda un poco más tarde.",
        "en": "The payment of this sale is not confirmed yet. Mercado Livre opens the conversation as soon as it is; "
        "reply a little later.",
    },
    "blocked/blocked_by_conversation_initiated_by_seller": {
        "pt-BR": "Esta compra é só de produtos de supermercado, e nela o vendedor não pode começar a conversa. Espere "
        "o comprador escrever.",
        "es": "Esta compra es solo de productos de supermercado, y en ella el vendedor no puede iniciar la "
        "conversación. Espere a que el comprador escriba.",
        "en": "This purchase is of groceries only, and in it the seller may not begin the conversation. Wait for the "
        "buyer to write.",
    },
    "blocked/blocked_by_conversation_initiated_by_seller_limited": _SELLER_MAY_NOT_BEGIN,
    # https://developers.mercadolibre.com.ar/es_ar/motivos-para-comunicarse names it so.
    "blocked/blocked_by_conversation_started_by_seller": _SELLER_MAY_NOT_BEGIN,
    "blocked/blocked_by_conversation_use_message_api": {
        "pt-BR": "O comprador já começou esta conversa, e o Mercado Livre só aceita respostas à mensagem dele. Tente "
        "de novo; se não der certo, responda na venda, no Mercado Livre.",
        "es": "El comprador ya inició esta conversación, y Mercado Libre solo acepta respuestas a su mensaje. Intente "
        "de nuevo; si no funciona, responda en la venta, en Mercado Libre.",
        "en": "The buyer has already begun this conversation, and Mercado Livre takes only replies to that message. "
        "Try again; if that fails, reply in the sale, on Mercado Livre.",
    },
    "blocked/blocked_by_cancelled_order": {
        "pt-BR": "A venda foi cancelada, e o Mercado Livre fechou a conversa. Não é mais possível escrever ao "
        "comprador.",
        "es": "La venta fue cancelada, y Mercado Libre cerró la conversación. Ya no se le puede escribir al comprador.",
        "en": "The sale was cancelled, and Mercado Livre closed the conversation. The buyer can no longer be written "
        "to.",
    },
    "blocked/blocked_by_cancelled_order_by_fraud": {
        "pt-BR": "A venda foi cancelada por atividade irregular, e o Mercado Livre fechou a conversa. Não é mais "
        "possível escrever ao comprador.",
        "es": "La venta fue cancelada por actividad irregular, y Mercado Libre cerró la conversación. Ya no se le "
        "puede escribir al comprador.",
        "en": "The sale was cancelled for irregular activity, and Mercado Livre closed the conversation. The buyer can "
        "no longer be written to.",
    },
    "blocked/blocked_by_fraud": {
        "pt-BR": "O Mercado Livre fechou esta conversa por atividade irregular. Não é mais possível escrever ao "
        "comprador; veja os detalhes na venda, no Mercado Livre.",
        "es": "Mercado Libre cerró esta conversación por actividad irregular. Ya no se le puede escribir al comprador; "
        "vea los detalles en la venta, en Mercado Libre.",
        "en": "Mercado Livre closed this conversation for irregular activity. The buyer can no longer be written to; "
        "see the details in the sale, on Mercado Livre.",
    },
    "blocked/blocked_by_cancelled_order_hidden": {
        "pt-BR": "A compra não chegou a ser processada e foi cancelada. Só o comprador ainda a vê, e não é possível "
        "escrever a ele.",
        "es": "La compra no llegó a procesarse y fue cancelada. Solo el comprador la ve todavía, y no se le puede "
        "escribir.",
        "en": "The purchase was never processed and was cancelled. Only the buyer still sees it, who cannot be "
        "written to.",
    },
    "blocked/blocked_by_hidden": {
        "pt-BR": "O Mercado Livre ocultou esta venda e fechou a conversa. Não é possível escrever ao comprador.",
        "es": "Mercado Libre ocultó esta venta y cerró la conversación. No se le puede escribir al comprador.",
        "en": "Mercado Livre hid this sale and closed the conversation. The buyer cannot be written to.",
    },
    "blocked/blocked_by_conversation_expired": {
        "pt-BR": "Passaram-se 18 meses desde a compra, e o Mercado Livre encerrou a conversa. Não é mais possível "
        "escrever ao comprador.",
        "es": "Pasaron 18 meses desde la compra, y Mercado Libre dio por terminada la conversación. Ya no se le puede "
        "escribir al comprador.",
        "en": "It has been 18 months since the purchase, and Mercado Livre ended the conversation. The buyer can no "
        "longer be written to.",
    },
    "blocked/blocked_by_refund": {
        "pt-BR": "A venda foi reembolsada, no todo ou em parte, e o Mercado Livre fechou a conversa. Ela só reabre se "
        "o comprador escrever.",
        "es": "La venta fue reembolsada, total o parcialmente, y Mercado Libre cerró la conversación. Solo se reabre "
        "si el comprador escribe.",
        "en": "The sale was refunded, in full or in part, and Mercado Livre closed the conversation. It reopens only "
        "if the buyer writes.",
    },
    "blocked/blocked_by_claim_change_open": {
        "pt-BR": "Há uma troca de produto em andamento nesta venda. Enquanto ela durar, acompanhe a reclamação no "
        "Mercado Livre.",
        "es": "Hay un cambio de producto en curso en esta venta. Mientras dure, siga el reclamo en Mercado Libre.",
        "en": "A product exchange is under way in this sale. While it lasts, follow the claim on Mercado Livre.",
    },
    # Mercado Livre describes it with the words of `blocked_by_claim_change_open`, so this says neither open nor closed.
    "blocked/blocked_by_claim_change_closed": {
        "pt-BR": "O Mercado Livre fechou esta conversa por causa de uma troca de produto. Acompanhe a troca na venda, "
        "no Mercado Livre.",
        "es": "Mercado Libre cerró esta conversación por un cambio de producto. Siga el cambio en la venta, en Mercado "
        "Libre.",
        "en": "Mercado Livre closed this conversation because of a product exchange. Follow the exchange in the sale, "
        "on Mercado Livre.",
    },
    "blocked/blocked_by_deactivated_account": {
        "pt-BR": "A conta do comprador ou a do vendedor foi excluída do Mercado Livre. Não é mais possível escrever "
        "nesta conversa.",
        "es": "La cuenta del comprador o la del vendedor se eliminó de Mercado Libre. Ya no se puede escribir en esta "
        "conversación.",
        "en": "The buyer's or the seller's Mercado Livre account was deleted. This conversation can no longer be "
        "written in.",
    },
    "blocked/blocked_by_restrictions": {
        "pt-BR": "Há uma restrição na conta do comprador ou na do vendedor. Verifique no Mercado Livre se a sua conta "
        "tem alguma pendência.",
        "es": "Hay una restricción en la cuenta del comprador o en la del vendedor. Verifique en Mercado Libre si su "
        "cuenta tiene algo pendiente.",
        "en": "The buyer's or the seller's account is restricted. Check on Mercado Livre whether yours has anything "
        "pending.",
    },
    "blocked/blocked_by_message_pending_review": {
        "pt-BR": "O Mercado Livre está analisando as mensagens desta conversa. Responda quando a análise terminar.",
        "es": "Mercado Libre está revisando los mensajes de esta conversación. Responda cuando termine la revisión.",
        "en": "Mercado Livre is reviewing the messages of this conversation. Reply once the review is over.",
    },
    "blocked/blocked_by_return_to_buyer_fulfillment": {
        "pt-BR": "O Full revisou o produto devolvido e vai mandá-lo de volta ao comprador, e o Mercado Livre fechou a "
        "conversa. Acompanhe a devolução no Mercado Livre.",
        "es": "Full revisó el producto devuelto y se lo enviará de vuelta al comprador, y Mercado Libre cerró la "
        "conversación. Siga la devolución en Mercado Libre.",
        "en": "Full inspected the returned product and will send it back to the buyer, and Mercado Livre closed the "
        "conversation. Follow the return on Mercado Livre.",
    },
    "blocked/blocked_by_guest_shops": {
        "pt-BR": "O comprador comprou no Mercado Shops sem se cadastrar e não recebe mensagens pelo Mercado Livre. "
        "Veja na venda se há outra forma de contato.",
        "es": "El comprador compró en Mercado Shops sin registrarse y no recibe mensajes por Mercado Libre. Vea en la "
        "venta si hay otra forma de contacto.",
        "en": "The buyer bought on Mercado Shops as a guest and gets no messages through Mercado Livre. See in the "
        "sale whether there is another way to reach him.",
    },
    "blocked/blocked_by_ai_assistant": {
        "pt-BR": "O assistente do Mercado Livre está atendendo o comprador nesta venda, e o vendedor não pode escrever "
        "por enquanto. Nada a fazer até que a conversa seja liberada.",
        "es": "El asistente de Mercado Libre está atendiendo al comprador en esta venta, y el vendedor no puede "
        "escribir por ahora. No hay nada que hacer hasta que la conversación se habilite.",
        "en": "Mercado Livre's assistant is attending to the buyer in this sale, and the seller may not write for now. "
        "There is nothing to do until the conversation is opened.",
    },
    "blocked/blocked_by_ai_assistant_expired": {
        "pt-BR": "O prazo desta conversa com o assistente do Mercado Livre terminou. Não é mais possível responder; "
        "acompanhe a venda no Mercado Livre.",
        "es": "El plazo de esta conversación con el asistente de Mercado Libre terminó. Ya no se puede responder; siga "
        "la venta en Mercado Libre.",
        "en": "The time for this conversation with Mercado Livre's assistant is over. It can no longer be replied to; "
        "follow the sale on Mercado Livre.",
    },
    "blocked/blocked_by_ai_assistant_contact_closed": {
        "pt-BR": "O assistente do Mercado Livre deu a consulta do comprador por encerrada. Não é preciso responder.",
        "es": "El asistente de Mercado Libre dio por terminada la consulta del comprador. No hace falta responder.",
        "en": "Mercado Livre's assistant closed the buyer's inquiry. No reply is needed.",
    },
    "blocked/block_by_ai_assistant_initiated_by_seller_expired": {
        "pt-BR": "O prazo da conversa que o vendedor começou com o assistente do Mercado Livre terminou. Não é mais "
        "possível escrever nela; acompanhe a venda no Mercado Livre.",
        "es": "El plazo de la conversación que el vendedor inició con el asistente de Mercado Libre terminó. Ya no se "
        "puede escribir en ella; siga la venta en Mercado Libre.",
        "en": "The time for the conversation that the seller began with Mercado Livre's assistant is over. It can no "
        "longer be written in; follow the sale on Mercado Livre.",
    },
    "blocked/blocked_by_resale": {
        "pt-BR": "O Mercado Livre não oferece mensagens nesta venda porque ela inclui um produto de revenda. Acompanhe "
        "a venda no Mercado Livre.",
        "es": "Mercado Libre no ofrece mensajes en esta venta porque incluye un producto de reventa. Siga la venta en "
        "Mercado Libre.",
        "en": "Mercado Livre offers no messages in this sale because it includes a resold product. Follow the sale on "
        "Mercado Livre.",
    },
    "blocked/blocked_by_proximity_groceries": {
        "pt-BR": "O Mercado Livre não oferece mensagens em compras de supermercado com entrega imediata. Acompanhe a "
        "venda no Mercado Livre.",
        "es": "Mercado Libre no ofrece mensajes en compras de supermercado con entrega inmediata. Siga la venta en "
        "Mercado Libre.",
        "en": "Mercado Livre offers no messages in grocery purchases with immediate delivery. Follow the sale on "
        "Mercado Livre.",
    },
    "blocked/unknown": {
        "pt-BR": "O Mercado Livre bloqueou esta conversa ({substatus}). Veja o motivo na venda, no Mercado Livre.",
        "es": "Mercado Libre bloqueó esta conversación ({substatus}). Vea el motivo en la venta, en Mercado Libre.",
        "en": "Mercado Livre blocked this conversation ({substatus}). See why in the sale, on Mercado Livre.",
    },
    "blocked/released": {
        "pt-BR": "O Mercado Livre liberou esta conversa. Já é possível responder.",
        "es": "Mercado Libre habilitó esta conversación. Ya se puede responder.",
        "en": "Mercado Livre opened this conversation again. It can be replied to now.",
    },
}

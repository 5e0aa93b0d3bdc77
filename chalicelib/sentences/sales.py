"""What agents read about sales: replies that were not sent, the note of the sale, the marks under messages."""

from collections.abc import Mapping

SENTENCES: Mapping[str, Mapping[str, str]] = {
    # Replies that were not sent
    "message_empty": {
        "pt-BR": "Não enviada: a mensagem está vazia. Escreva um texto e envie de novo.",
        "es": "No enviada: el mensaje está vacío. Escriba un texto y envíe de nuevo.",
        "en": "Not sent: the message is empty. Write a text and send it again.",
    },
    "message_unsendable": {
        "pt-BR": "Não enviada: as mensagens do Mercado Livre não aceitam alguns caracteres deste texto ({characters}). "
        "Retire-os e envie de novo.",
        "es": "No enviada: los mensajes de Mercado Libre no aceptan algunos caracteres de este texto ({characters}). "
        "Quítelos y envíe de nuevo.",
        "en": "Not sent: Mercado Livre's messages do not take some characters of this text ({characters}). Remove them "
        "and send it again.",
    },
    "message_too_long_for_agent": {
        "pt-BR": "Não enviada: esta conversa passa pelo assistente do Mercado Livre, que recebe uma mensagem por vez, "
        "de até {limit} caracteres, e a sua tem {length}. Encurte o texto e envie de novo.",
        "es": "No enviada: esta conversación pasa por el asistente de Mercado Libre, que recibe un mensaje por vez, de "
        "hasta {limit} caracteres, y el suyo tiene {length}. Acorte el texto y envíe de nuevo.",
        "en": "Not sent: this conversation goes through Mercado Livre's assistant, which takes one message at a time, "
        "of up to {limit} characters, and yours has {length}. Shorten the text and send it again.",
    },
    "message_too_long": {
        "pt-BR": "Não enviada: a mensagem tem {length} caracteres; mesmo dividida em partes, o máximo é {limit}. "
        "Encurte o texto e envie de novo.",
        "es": "No enviada: el mensaje tiene {length} caracteres; aun dividido en partes, el máximo es {limit}. Acorte "
        "el texto y envíe de nuevo.",
        "en": "Not sent: the message has {length} characters; even split into parts, the most is {limit}. Shorten the "
        "text and send it again.",
    },
    "message_not_taken": {
        "pt-BR": "Não enviada: o Mercado Livre não aceitou a mensagem depois de muitas tentativas. Tente de novo mais "
        "tarde ou responda na venda, no Mercado Livre.",
        "es": "No enviada: Mercado Libre no aceptó el mensaje después de muchos intentos. Intente de nuevo más tarde o "
        "responda en la venta, en Mercado Libre.",
        "en": "Not sent: Mercado Livre did not take the message after many tries. Try again later, or reply in the "
        "sale, on Mercado Livre.",
    },
    "recipient_unknown": {
        "pt-BR": "Não enviada: o Mercado Livre não mostra a quem a resposta deve ir. Tente de novo mais tarde ou "
        "responda no Mercado Livre: {link}",
        "es": "No enviada: Mercado Libre no muestra a quién debe ir la respuesta. Intente de nuevo más tarde o "
        "responda en Mercado Libre: {link}",
        "en": "Not sent: Mercado Livre does not show to whom the reply must go. Try again later or reply on Mercado "
        "Livre: {link}",
    },
    "conversation_state_unknown": {
        "pt-BR": "Não enviada: o Mercado Livre não informou se esta conversa está aberta. Tente de novo em alguns "
        "minutos.",
        "es": "No enviada: Mercado Libre no informó si esta conversación está abierta. Intente de nuevo en unos "
        "minutos.",
        "en": "Not sent: Mercado Livre did not say whether this conversation is open. Try again in a few minutes.",
    },
    "conversation_blocked": {
        "pt-BR": "Não enviada. {reason}",
        "es": "No enviada. {reason}",
        "en": "Not sent. {reason}",
    },
    "mediation_open": {
        "pt-BR": "Não enviada: há uma mediação em andamento nesta venda. Fale com o comprador na reclamação, no "
        "Mercado Livre.",
        "es": "No enviada: hay una mediación en curso en esta venta. Hable con el comprador en el reclamo, en Mercado "
        "Libre.",
        "en": "Not sent: a mediation is under way in this sale. Talk to the buyer in the claim, on Mercado Livre.",
    },
    "full_not_delivered": {
        "pt-BR": "Não enviada: esta venda é enviada pelo Full, e o Mercado Livre só aceita mensagens depois da "
        "entrega. Envie de novo quando o pacote for entregue.",
        "es": "No enviada: esta venta se envía por Full, y Mercado Libre solo acepta mensajes después de la entrega. "
        "Envíe de nuevo cuando el paquete se haya entregado.",
        "en": "Not sent: this sale ships through Full, and Mercado Livre takes messages only after delivery. Send it "
        "again once the package has been delivered.",
    },
    "receiver_not_in_order": {
        "pt-BR": "Não enviada: para o Mercado Livre, o destinatário não faz parte desta venda. Tente de novo; se o "
        "erro continuar, responda na venda, no Mercado Livre.",
        "es": "No enviada: para Mercado Libre, el destinatario no forma parte de esta venta. Intente de nuevo; si el "
        "error continúa, responda en la venta, en Mercado Libre.",
        "en": "Not sent: to Mercado Livre, the recipient is not part of this sale. Try again; if it still fails, reply "
        "in the sale, on Mercado Livre.",
    },
    "sale_not_ours": {
        "pt-BR": "Não enviada: a conta conectada não pode escrever nesta venda. Verifique no Mercado Livre se a venda "
        "é desta conta.",
        "es": "No enviada: la cuenta conectada no puede escribir en esta venta. Verifique en Mercado Libre si la venta "
        "es de esta cuenta.",
        "en": "Not sent: the connected account may not write in this sale. Check on Mercado Livre whether the sale "
        "belongs to this account.",
    },
    "wrong_recipient": {
        "pt-BR": "Não enviada: o Mercado Livre não aceitou o destinatário da mensagem. Tente de novo; se o erro "
        "continuar, responda na venda, no Mercado Livre.",
        "es": "No enviada: Mercado Libre no aceptó al destinatario del mensaje. Intente de nuevo; si el error "
        "continúa, responda en la venta, en Mercado Libre.",
        "en": "Not sent: Mercado Livre did not take the recipient of the message. Try again; if it still fails, reply "
        "in the sale, on Mercado Livre.",
    },
    "charset_refused": {
        "pt-BR": "Não enviada: o Mercado Livre não aceitou algum caractere da mensagem ({characters}). Retire os "
        "emojis e os símbolos e envie de novo.",
        "es": "No enviada: Mercado Libre no aceptó algún carácter del mensaje ({characters}). Quite los emojis y los "
        "símbolos y envíe de nuevo.",
        "en": "Not sent: Mercado Livre did not take some character of the message ({characters}). Remove the emojis "
        "and symbols and send it again.",
    },
    "length_refused": {
        "pt-BR": "Não enviada: o Mercado Livre recusou o tamanho da mensagem ({words}). Encurte o texto e envie de "
        "novo.",
        "es": "No enviada: Mercado Libre rechazó el largo del mensaje ({words}). Acorte el texto y envíe de nuevo.",
        "en": "Not sent: Mercado Livre refused the length of the message ({words}). Shorten the text and send it "
        "again.",
    },
    "buyer_gone": {
        "pt-BR": "Não enviada: a conta do comprador no Mercado Livre foi desativada. Não é mais possível escrever a "
        "ele.",
        "es": "No enviada: la cuenta del comprador en Mercado Libre fue desactivada. Ya no se le puede escribir.",
        "en": "Not sent: the buyer's Mercado Livre account was deactivated. The buyer can no longer be written to.",
    },
    "message_parts_sent": {
        "pt-BR": "Partes enviadas: {sent} de {total}. {reason} Tentar de novo envia só o que falta.",
        "es": "Partes enviadas: {sent} de {total}. {reason} Si intenta de nuevo, se envía solo lo que falta.",
        "en": "Parts sent: {sent} of {total}. {reason} Trying again sends only what is missing.",
    },
    # Files of a reply
    "file_too_large": {
        "pt-BR": "Não enviada: o arquivo {name} passa de {limit_mb} MB, o máximo no Mercado Livre. Anexe um arquivo "
        "menor e envie de novo.",
        "es": "No enviada: el archivo {name} supera los {limit_mb} MB, el máximo en Mercado Libre. Adjunte un archivo "
        "más pequeño y envíe de nuevo.",
        "en": "Not sent: the file {name} is over {limit_mb} MB, the most that Mercado Livre takes. Attach a smaller "
        "file and send again.",
    },
    "attachment_without_file": {
        "pt-BR": "Não enviada: o anexo não é um arquivo (um contato ou uma localização, por exemplo). Escreva-o como "
        "texto.",
        "es": "No enviada: el adjunto no es un archivo (un contacto o una ubicación, por ejemplo). Escríbalo como "
        "texto.",
        "en": "Not sent: the attachment is no file (a contact or a location, for example). Write it as text.",
    },
    "file_type_refused": {
        "pt-BR": "Não enviada: o Mercado Livre não aceita arquivos como {name}. Envie JPG, PNG, PDF ou TXT, de até 25 "
        "MB cada.",
        "es": "No enviada: Mercado Libre no acepta archivos como {name}. Envíe JPG, PNG, PDF o TXT, de hasta 25 MB "
        "cada uno.",
        "en": "Not sent: Mercado Livre does not take files such as {name}. Send JPG, PNG, PDF or TXT, of up to 25 MB "
        "each.",
    },
    "files_too_many": {
        "pt-BR": "Não enviada: a mensagem tem {count} anexos e o Mercado Livre aceita até {limit}. Divida-os em mais "
        "de uma mensagem.",
        "es": "No enviada: el mensaje tiene {count} adjuntos y Mercado Libre acepta hasta {limit}. Repártalos en más "
        "de un mensaje.",
        "en": "Not sent: the message has {count} attachments and Mercado Livre takes up to {limit}. Split them over "
        "more than one message.",
    },
    "file_unavailable": {
        "pt-BR": "Não enviada: o Chatwoot não entregou o arquivo {name}. Anexe-o em uma nova mensagem e envie.",
        "es": "No enviada: Chatwoot no entregó el archivo {name}. Adjúntelo en un mensaje nuevo y envíelo.",
        "en": "Not sent: Chatwoot did not hand over the file {name}. Attach it to a new message and send it.",
    },
    "file_empty": {
        "pt-BR": "Não enviada: o arquivo {name} está vazio. Confira o arquivo e anexe-o em uma nova mensagem.",
        "es": "No enviada: el archivo {name} está vacío. Revise el archivo y adjúntelo en un mensaje nuevo.",
        "en": "Not sent: the file {name} is empty. Check the file and attach it to a new message.",
    },
    "file_refused": {
        "pt-BR": "Não enviada: o Mercado Livre recusou o arquivo {name} ({words}). Tente com outro arquivo.",
        "es": "No enviada: Mercado Libre rechazó el archivo {name} ({words}). Intente con otro archivo.",
        "en": "Not sent: Mercado Livre refused the file {name} ({words}). Try another file.",
    },
    "file_expired_again": {
        "pt-BR": "Não enviada: o Mercado Livre descartou os anexos antes de a mensagem sair. Tente de novo; se o erro "
        "continuar, anexe-os em uma nova mensagem.",
        "es": "No enviada: Mercado Libre descartó los adjuntos antes de que saliera el mensaje. Intente de nuevo; si "
        "el error continúa, adjúntelos en un mensaje nuevo.",
        "en": "Not sent: Mercado Livre dropped the attachments before the message went out. Try again; if it still "
        "fails, attach them to a new message.",
    },
    # The note of a sale
    "sale_note_title": {
        "pt-BR": "Venda no Mercado Livre",
        "es": "Venta en Mercado Libre",
        "en": "Sale on Mercado Livre",
    },
    "sale_items_line": {
        "pt-BR": "{quantity} × {title}",
        "es": "{quantity} × {title}",
        "en": "{quantity} × {title}",
    },
    "sale_total": {"pt-BR": "Total: {amount}", "es": "Total: {amount}", "en": "Total: {amount}"},
    "sale_state": {"pt-BR": "Venda: {state}", "es": "Venta: {state}", "en": "Sale: {state}"},
    "sale_payment": {"pt-BR": "Pagamento: {state}", "es": "Pago: {state}", "en": "Payment: {state}"},
    "sale_shipment": {"pt-BR": "Envio: {state}", "es": "Envío: {state}", "en": "Shipping: {state}"},
    "sale_tracking": {
        "pt-BR": "Código de rastreamento: {number}",
        "es": "Número de seguimiento: {number}",
        "en": "Tracking number: {number}",
    },
    "sale_order": {"pt-BR": "Pedido: {number}", "es": "Pedido: {number}", "en": "Order: {number}"},
    "sale_pack": {"pt-BR": "Carrinho: {number}", "es": "Carrito: {number}", "en": "Cart: {number}"},
    "sale_more_orders": {
        "pt-BR": "e mais {count} no mesmo carrinho",
        "es": "y {count} más en el mismo carrito",
        "en": "and {count} more in the same cart",
    },
    "sale_link": {
        "pt-BR": "[Ver a venda no Mercado Livre]({link})",
        "es": "[Ver la venta en Mercado Libre]({link})",
        "en": "[See the sale on Mercado Livre]({link})",
    },
    "sale_unreadable": {
        "pt-BR": "Não foi possível ler os dados desta venda. [Veja a venda no Mercado Livre]({link})",
        "es": "No se pudieron leer los datos de esta venta. [Vea la venta en Mercado Libre]({link})",
        "en": "The data of this sale could not be read. [See the sale on Mercado Livre]({link})",
    },
    # States of an order; they agree with "venda" and "venta"
    "order_confirmed": {"pt-BR": "confirmada", "es": "confirmada", "en": "confirmed"},
    "order_payment_required": {
        "pt-BR": "aguardando o pagamento",
        "es": "a la espera del pago",
        "en": "waiting for the payment",
    },
    "order_payment_in_process": {
        "pt-BR": "pagamento em processamento",
        "es": "pago en proceso",
        "en": "payment in process",
    },
    "order_partially_paid": {"pt-BR": "paga em parte", "es": "pagada en parte", "en": "partly paid"},
    "order_paid": {"pt-BR": "paga", "es": "pagada", "en": "paid"},
    "order_partially_refunded": {
        "pt-BR": "reembolsada em parte",
        "es": "reembolsada en parte",
        "en": "partly refunded",
    },
    "order_pending_cancel": {
        "pt-BR": "em cancelamento",
        "es": "en proceso de cancelación",
        "en": "being cancelled",
    },
    "order_cancelled": {"pt-BR": "cancelada", "es": "cancelada", "en": "cancelled"},
    "order_invalid": {"pt-BR": "inválida", "es": "no válida", "en": "invalid"},
    # States of a payment
    "payment_approved": {"pt-BR": "aprovado", "es": "aprobado", "en": "approved"},
    "payment_pending": {"pt-BR": "pendente", "es": "pendiente", "en": "pending"},
    "payment_in_process": {"pt-BR": "em processamento", "es": "en proceso", "en": "in process"},
    "payment_authorized": {"pt-BR": "autorizado", "es": "autorizado", "en": "authorised"},
    "payment_in_mediation": {"pt-BR": "em mediação", "es": "en mediación", "en": "in mediation"},
    "payment_rejected": {"pt-BR": "recusado", "es": "rechazado", "en": "rejected"},
    "payment_cancelled": {"pt-BR": "cancelado", "es": "cancelado", "en": "cancelled"},
    "payment_refunded": {"pt-BR": "reembolsado", "es": "reembolsado", "en": "refunded"},
    "payment_charged_back": {
        "pt-BR": "estornado por contestação",
        "es": "devuelto por contracargo",
        "en": "charged back",
    },
    # States of a shipment
    "shipment_to_be_agreed": {
        "pt-BR": "a combinar com o comprador",
        "es": "a acordar con el comprador",
        "en": "to be agreed with the buyer",
    },
    "shipment_pending": {"pt-BR": "pendente", "es": "pendiente", "en": "pending"},
    "shipment_handling": {"pt-BR": "em preparação", "es": "en preparación", "en": "being prepared"},
    "shipment_ready_to_ship": {
        "pt-BR": "pronto para enviar",
        "es": "listo para enviar",
        "en": "ready to ship",
    },
    "shipment_shipped": {"pt-BR": "a caminho", "es": "en camino", "en": "on its way"},
    "shipment_delivered": {"pt-BR": "entregue", "es": "entregado", "en": "delivered"},
    "shipment_not_delivered": {"pt-BR": "não entregue", "es": "no entregado", "en": "not delivered"},
    "shipment_cancelled": {"pt-BR": "cancelado", "es": "cancelado", "en": "cancelled"},
    "shipment_none": {"pt-BR": "sem envio", "es": "sin envío", "en": "no shipment"},
    # In place of a message's text
    "message_without_text": {
        "pt-BR": "[mensagem sem texto]",
        "es": "[mensaje sin texto]",
        "en": "[message without text]",
    },
    "message_text_withheld": {
        "pt-BR": "[texto não exibido pelo Mercado Livre: {status}]",
        "es": "[texto no mostrado por Mercado Libre: {status}]",
        "en": "[text not shown by Mercado Livre: {status}]",
    },
    # Under a message
    "marker_pending": {
        "pt-BR": "Em análise pela moderação do Mercado Livre",
        "es": "En revisión por la moderación de Mercado Libre",
        "en": "Under review by Mercado Livre's moderation",
    },
    "marker_pending_translation": {
        "pt-BR": "Aguardando a tradução do Mercado Livre",
        "es": "A la espera de la traducción de Mercado Libre",
        "en": "Waiting for Mercado Livre's translation",
    },
    "marker_moderated_buyer": {
        "pt-BR": "Mensagem do comprador recusada pela moderação do Mercado Livre",
        "es": "Mensaje del comprador rechazado por la moderación de Mercado Libre",
        "en": "Message from the buyer refused by Mercado Livre's moderation",
    },
    "marker_unknown_status": {
        "pt-BR": "Estado no Mercado Livre: {status}",
        "es": "Estado en Mercado Libre: {status}",
        "en": "State on Mercado Livre: {status}",
    },
    "attachment_threat": {
        "pt-BR": "O arquivo {name} não foi trazido: o Mercado Livre o marcou como possível ameaça. Se precisar dele, "
        "veja-o com cuidado na venda: {link}",
        "es": "El archivo {name} no se trajo: Mercado Libre lo marcó como posible amenaza. Si lo necesita, véalo con "
        "cuidado en la venta: {link}",
        "en": "The file {name} was not brought here: Mercado Livre marked it as a possible threat. If you need it, see "
        "it with care in the sale: {link}",
    },
    "attachment_too_large": {
        "pt-BR": "O arquivo {name} ({megabytes} MB) é grande demais para ser trazido. Veja-o na venda: {link}",
        "es": "El archivo {name} ({megabytes} MB) es demasiado grande para traerlo. Véalo en la venta: {link}",
        "en": "The file {name} ({megabytes} MB) is too large to be brought here. See it in the sale: {link}",
    },
    "attachment_missing": {
        "pt-BR": "O Mercado Livre não entregou o arquivo {name}. Veja se ele abre na venda: {link}",
        "es": "Mercado Libre no entregó el archivo {name}. Vea si se abre en la venta: {link}",
        "en": "Mercado Livre did not hand over the file {name}. See whether it opens in the sale: {link}",
    },
    "attachment_not_taken_by_chatwoot": {
        "pt-BR": "O Chatwoot não aceitou o arquivo {name}. Veja-o na venda: {link}",
        "es": "Chatwoot no aceptó el archivo {name}. Véalo en la venta: {link}",
        "en": "Chatwoot did not take the file {name}. See it in the sale: {link}",
    },
    # Notes about messages
    "note_message_released": {
        "pt-BR": "A moderação do Mercado Livre liberou a mensagem “{excerpt}”.",
        "es": "La moderación de Mercado Libre aprobó el mensaje “{excerpt}”.",
        "en": "Mercado Livre's moderation released the message “{excerpt}”.",
    },
    "note_message_moderated": {
        "pt-BR": "Mensagem escrita no Mercado Livre, “{excerpt}”. {reason}",
        "es": "Mensaje escrito en Mercado Libre, “{excerpt}”. {reason}",
        "en": "Message written on Mercado Livre, “{excerpt}”. {reason}",
    },
    "agent_thread_deadline": {
        "pt-BR": "Esta conversa passa pelo assistente de mensagens do Mercado Livre. Envie uma mensagem por vez, de "
        "até {limit} caracteres. O prazo para resolver é de 48 horas úteis: responda até {deadline} (sem contar "
        "feriados). Depois dele, o Mercado Livre bloqueia a conversa.",
        "es": "Esta conversación pasa por el asistente de mensajes de Mercado Libre. Envíe un mensaje por vez, de "
        "hasta {limit} caracteres. El plazo para resolver es de 48 horas hábiles: responda hasta el {deadline} (sin "
        "considerar feriados). Después, Mercado Libre bloquea la conversación.",
        "en": "This conversation goes through Mercado Livre's messaging assistant. Send one message at a time, of up "
        "to {limit} characters. There are 48 business hours to resolve it: reply by {deadline} (holidays not "
        "considered). After that, Mercado Livre blocks the conversation.",
    },
}

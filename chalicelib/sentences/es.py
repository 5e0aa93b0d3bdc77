"""What agents and sellers read in Spanish.

A sentence says what happened, to what, and what to do next. Facts are named in braces, the same in every language.
"""

# `1.234,56` instead of `1,234.56`.
HAS_DECIMAL_COMMA = True

# As people write a moment, in the form of strftime.
MOMENT = "%d/%m/%Y %H:%M"

SENTENCES = {
    # ---- Replies that were not sent or that wait, whatever they reply to.
    "reply_forbidden": (
        "No enviada: Mercado Libre no permite que esta cuenta responda ({words}). Verifique los permisos de la "
        "aplicación y la cuenta conectada."
    ),
    "reply_refused": "No enviada: Mercado Libre rechazó el mensaje ({words}).",
    "not_a_mercado_livre_conversation": (
        "No enviada: esta conversación no vino de Mercado Libre, así que no hay a quién entregarla. Responda en la "
        "conversación abierta por la pregunta o la compra."
    ),
    "reply_withdrawn": "No enviada: el mensaje fue eliminado antes de salir.",
    "reply_given_up": (
        "No se pudo confirmar el envío por un error del puente. Intente de nuevo: antes de enviar, el puente verifica "
        "si la respuesta ya llegó."
    ),
    "reason_not_taken": (
        "No enviada. Chatwoot, o un firewall delante de él, no acepta el motivo por escrito. Escríbala de otra forma "
        "o responda en Mercado Libre."
    ),
    "reply_kept_out": (
        "No enviada: algo delante de Mercado Libre, como un firewall, rechaza estas palabras. Escríbala de otra forma "
        "o responda en Mercado Libre."
    ),
    "reply_not_sent_note": "Su mensaje “{excerpt}” no llegó al comprador. {reason}",
    "reply_erased": (
        "Los datos de esta conversación se borraron del puente a pedido del comprador, así que ya no se sabe si este "
        "mensaje le llegó, y no se enviará de nuevo. Si hace falta, escriba uno nuevo."
    ),
    "reply_waiting": (
        "La respuesta todavía no se pudo entregar. Sigue en la cola y se enviará en cuanto sea posible; no la envíe de "
        "nuevo."
    ),
    "reply_waiting_for_login": (
        "La respuesta está en la cola, pero la cuenta de Mercado Libre debe autorizarse de nuevo. Un administrador de "
        "la cuenta debe abrir {link}; después la respuesta sale sola."
    ),
    # What stands there as if it was sent, and may not be
    "not_sendable/integrations": "No enviada: videollamada. Al comprador solo le llegan textos y archivos.",
    "not_sendable/input_select": "No enviada: botones de opciones. Al comprador solo le llegan textos y archivos.",
    "not_sendable/cards": "No enviada: tarjetas. Al comprador solo le llegan textos y archivos.",
    "not_sendable/form": "No enviada: formulario. Al comprador solo le llegan textos y archivos.",
    "not_sendable/article": "No enviada: artículos del centro de ayuda. Al comprador solo le llegan textos y archivos.",
    "not_sendable/unknown": "No enviada: mensaje del tipo “{kind}”. Al comprador solo le llegan textos y archivos.",
    "not_sendable/no_writer": (
        "No enviada: sin autor. Chatwoot no dice quién lo escribió; si es para el comprador, escríbalo con su usuario."
    ),
    # Commands
    "reply_is_command": (
        "No enviada: {command} es un comando, y los comandos van en una nota privada. Cambie a nota privada y "
        "escríbalo de nuevo."
    ),
    "command_unknown": "El comando {command} no existe.",
    "command_given_up": (
        "El comando falló por un error inesperado de la integración. Escríbalo de nuevo y, si vuelve a fallar, avise a "
        "quien la mantiene."
    ),
    "commands_title": "Comandos que existen, en nota privada (el comprador no los ve):",
    "command/ajuda": "muestra esta lista",
    # ---- What agents read about questions: answers that were not published, the first message, the notes.
    # Answers that were not published
    "answer_empty": "No enviada: la respuesta no tiene texto. Escríbala y envíela de nuevo.",
    "answer_too_long": (
        "No enviada: la respuesta tiene {length} caracteres y Mercado Libre acepta hasta {limit}. Acorte el texto y "
        "envíela de nuevo."
    ),
    "answer_with_attachment": (
        "No enviada: Mercado Libre no acepta adjuntos en respuestas a preguntas, y el texto tampoco se envió. Envíe "
        "solo el texto."
    ),
    "question_already_answered": (
        "No enviada: esta pregunta ya fue respondida, y Mercado Libre acepta una sola respuesta por pregunta."
    ),
    "question_gone": "No enviada: la pregunta fue eliminada y ya no se puede responder.",
    "question_banned": "No enviada: Mercado Libre eliminó la pregunta, que ya no se puede responder.",
    "question_closed": "No enviada: la pregunta se cerró sin respuesta y ya no se puede responder.",
    "question_under_review": (
        "No enviada: Mercado Libre está revisando la pregunta. Intente de nuevo cuando se libere; avisaremos aquí."
    ),
    "item_not_active": "No enviada: la publicación no está activa. Reactívela en Mercado Libre e intente de nuevo.",
    # The first message and the notes of a question
    "question_text_removed": "[Mercado Libre eliminó el texto de la pregunta]",
    "listing": "Publicación: {title}",
    "note_UNDER_REVIEW": (
        "Mercado Libre está revisando esta pregunta. Todavía no se puede responder; avisaremos aquí cuando se libere."
    ),
    "note_UNANSWERED": "La pregunta fue liberada y ya se puede responder.",
    "note_BANNED": "Mercado Libre eliminó esta pregunta. Ya no se puede responder.",
    "note_DELETED": "Esta pregunta fue eliminada en Mercado Libre. Ya no se puede responder.",
    "note_DISABLED": "Esta pregunta fue desactivada en Mercado Libre. Ya no se puede responder.",
    "note_CLOSED_UNANSWERED": "Esta pregunta se cerró sin respuesta. Ya no se puede responder.",
    "note_unknown_state": "Mercado Libre cambió el estado de esta pregunta a {state}.",
    "answer_removed": "Mercado Libre eliminó la respuesta publicada. La pregunta no se puede responder de nuevo.",
    "answer_removed_because": (
        "Mercado Libre eliminó la respuesta publicada: {reason} La pregunta no se puede responder de nuevo."
    ),
    # Listing states
    "item_active": "activa",
    "item_paused": "pausada",
    "item_closed": "finalizada",
    "item_under_review": "en revisión",
    "item_inactive": "inactiva",
    # ---- What agents read about sales: replies that were not sent, the note of the sale, the marks under messages.
    # Replies that were not sent
    "message_empty": "No enviada: el mensaje está vacío. Escriba un texto y envíe de nuevo.",
    "message_unsendable": (
        "No enviada: los mensajes de Mercado Libre no aceptan algunos caracteres de este texto ({characters}). "
        "Quítelos y envíe de nuevo."
    ),
    "message_too_long_for_agent": (
        "No enviada: esta conversación pasa por el asistente de Mercado Libre, que recibe un mensaje por vez, de hasta "
        "{limit} caracteres, y el suyo tiene {length}. Acorte el texto y envíe de nuevo."
    ),
    "message_too_long": (
        "No enviada: el mensaje tiene {length} caracteres; aun dividido en partes, el máximo es {limit}. Acorte el "
        "texto y envíe de nuevo."
    ),
    "message_not_taken": (
        "No enviada: Mercado Libre no aceptó el mensaje después de muchos intentos. Intente de nuevo más tarde o "
        "responda en Mercado Libre."
    ),
    "recipient_unknown": (
        "No enviada: Mercado Libre no muestra a quién debe ir la respuesta. Intente de nuevo más tarde o responda en "
        "Mercado Libre: {link}"
    ),
    "conversation_state_unknown": (
        "No enviada: Mercado Libre no informó si esta conversación está abierta. Intente de nuevo en unos minutos."
    ),
    "conversation_blocked": "No enviada. {reason}",
    "mediation_open": (
        "No enviada: hay una mediación en curso en esta venta. Hable con el comprador en el reclamo, en Mercado Libre."
    ),
    "full_not_delivered": (
        "No enviada: esta venta se envía por Full, y Mercado Libre solo acepta mensajes después de la entrega. Envíe "
        "de nuevo cuando el paquete se haya entregado."
    ),
    "receiver_not_in_order": (
        "No enviada: para Mercado Libre, el destinatario no forma parte de esta venta. Intente de nuevo; si el error "
        "continúa, responda en la venta, en Mercado Libre."
    ),
    "sale_not_ours": (
        "No enviada: la cuenta conectada no puede escribir en esta venta. Verifique en Mercado Libre si la venta es de "
        "esta cuenta."
    ),
    "wrong_recipient": (
        "No enviada: Mercado Libre no aceptó al destinatario del mensaje. Intente de nuevo; si el error continúa, "
        "responda en la venta, en Mercado Libre."
    ),
    "charset_refused": (
        "No enviada: Mercado Libre no aceptó algún carácter del mensaje ({characters}). Quite los emojis y los "
        "símbolos y envíe de nuevo."
    ),
    "length_refused": (
        "No enviada: Mercado Libre rechazó el largo del mensaje ({words}). Acorte el texto y envíe de nuevo."
    ),
    "buyer_gone": "No enviada: la cuenta del comprador en Mercado Libre fue desactivada. Ya no se le puede escribir.",
    "message_parts_sent": (
        "Partes enviadas: {sent} de {total}. {reason} Si intenta de nuevo, se envía solo lo que falta."
    ),
    # Files of a reply
    "file_too_large": (
        "No enviada: el archivo {name} supera los {limit_mb} MB, el máximo en Mercado Libre. Adjunte un archivo más "
        "pequeño y envíe de nuevo."
    ),
    "attachment_without_file": (
        "No enviada: el adjunto no es un archivo (un contacto o una ubicación, por ejemplo). Escríbalo como texto."
    ),
    "file_type_refused": (
        "No enviada: Mercado Libre no acepta archivos como {name}. Envíe JPG, PNG, PDF o TXT, de hasta 25 MB cada uno."
    ),
    "files_too_many": (
        "No enviada: el mensaje tiene {count} adjuntos y Mercado Libre acepta hasta {limit}. Repártalos en más de un "
        "mensaje."
    ),
    "file_unavailable": "No enviada: Chatwoot no entregó el archivo {name}. Adjúntelo en un mensaje nuevo y envíelo.",
    "file_empty": "No enviada: el archivo {name} está vacío. Revise el archivo y adjúntelo en un mensaje nuevo.",
    "file_refused": "No enviada: Mercado Libre rechazó el archivo {name} ({words}). Intente con otro archivo.",
    "file_expired_again": (
        "No enviada: Mercado Libre descartó los adjuntos antes de que saliera el mensaje. Intente de nuevo; si el "
        "error continúa, adjúntelos en un mensaje nuevo."
    ),
    # The note of a sale
    "sale_note_title": "Venta en Mercado Libre",
    "sale_items_line": "{quantity} × {title}",
    "sale_total": "Total: {amount}",
    "sale_state": "Venta: {state}",
    "sale_payment": "Pago: {state}",
    "sale_shipment": "Envío: {state}",
    "sale_tracking": "Número de seguimiento: {number}",
    "sale_order": "Pedido: {number}",
    "sale_pack": "Carrito: {number}",
    "sale_more_orders": "y {count} más en el mismo carrito",
    "sale_link": "[Ver la venta en Mercado Libre]({link})",
    "sale_unreadable": "No se pudieron leer los datos de esta venta. [Vea la venta en Mercado Libre]({link})",
    # States of an order; they agree with "venda" and "venta"
    "order_confirmed": "confirmada",
    "order_payment_required": "a la espera del pago",
    "order_payment_in_process": "pago en proceso",
    "order_partially_paid": "pagada en parte",
    "order_paid": "pagada",
    "order_partially_refunded": "reembolsada en parte",
    "order_pending_cancel": "en proceso de cancelación",
    "order_cancelled": "cancelada",
    "order_invalid": "no válida",
    # States of a payment
    "payment_approved": "aprobado",
    "payment_pending": "pendiente",
    "payment_in_process": "en proceso",
    "payment_authorized": "autorizado",
    "payment_in_mediation": "en mediación",
    "payment_rejected": "rechazado",
    "payment_cancelled": "cancelado",
    "payment_refunded": "reembolsado",
    "payment_charged_back": "devuelto por contracargo",
    # States of a shipment
    "shipment_to_be_agreed": "a acordar con el comprador",
    "shipment_pending": "pendiente",
    "shipment_handling": "en preparación",
    "shipment_ready_to_ship": "listo para enviar",
    "shipment_shipped": "en camino",
    "shipment_delivered": "entregado",
    "shipment_not_delivered": "no entregado",
    "shipment_cancelled": "cancelado",
    "shipment_none": "sin envío",
    # In place of a message's text
    "message_without_text": "[mensaje sin texto]",
    "message_text_withheld": "[texto no mostrado por Mercado Libre: {status}]",
    # Under a message
    "written_when": "Escrito en Mercado Libre el {moment}",
    "marker_pending": "En revisión por la moderación de Mercado Libre",
    "marker_pending_translation": "A la espera de la traducción de Mercado Libre",
    "marker_moderated_buyer": "Mensaje del comprador rechazado por la moderación de Mercado Libre",
    "marker_unknown_status": "Estado en Mercado Libre: {status}",
    "attachment_threat": (
        "El archivo {name} no se trajo: Mercado Libre lo marcó como posible amenaza. Si lo necesita, véalo con cuidado "
        "en la venta: {link}"
    ),
    "attachment_too_large": (
        "El archivo {name} ({megabytes} MB) es demasiado grande para traerlo. Véalo en la venta: {link}"
    ),
    "attachment_missing": "Mercado Libre no entregó el archivo {name}. Vea si se abre en la venta: {link}",
    "attachment_not_taken_by_chatwoot": "Chatwoot no aceptó el archivo {name}. Véalo en la venta: {link}",
    "words_not_taken": (
        "[Chatwoot, o un firewall delante de él, no acepta lo que debería estar aquí. Véalo en Mercado Libre: {link}]"
    ),
    "note_not_taken": "Chatwoot, o un firewall delante de él, no acepta una nota que debería estar aquí.",
    "thread_not_shown": (
        "Mercado Libre no le muestra esta conversación a Ponte ({words}). Lo que escriba el comprador no "
        "llega aquí hasta que vuelva a mostrarla; Ponte lo intenta de vez en cuando. Véala en las páginas de "
        "Mercado Libre. {link}"
    ),
    "thread_shown_again": (
        "Mercado Libre vuelve a mostrar esta conversación. Lo que se escribió mientras tanto ya está aquí."
    ),
    # Notes about messages
    "note_message_released": "La moderación de Mercado Libre aprobó el mensaje “{excerpt}”.",
    "note_message_moderated": "Mensaje escrito en Mercado Libre, “{excerpt}”. {reason}",
    "agent_thread_deadline": (
        "Esta conversación pasa por el asistente de mensajes de Mercado Libre. Envíe un mensaje por vez, de hasta "
        "{limit} caracteres. El plazo para resolver es de 48 horas hábiles: responda hasta el {deadline} (sin "
        "considerar feriados). Después, Mercado Libre bloquea la conversación."
    ),
    # ---- Why Mercado Livre blocks the conversation of a sale, by the `substatus` of `conversation_status`. Each one
    # stands alone in a private note, and after `conversation_blocked` where a reply was not sent.
    # https://developers.mercadolivre.com.br/pt_br/mensagens-bloqueadas
    "blocked/blocked_by_time": (
        "Pasaron 30 días desde el último mensaje, y Mercado Libre cerró la conversación. Solo se reabre si el "
        "comprador escribe."
    ),
    "blocked/blocked_by_buyer": (
        "El comprador bloqueó los mensajes de esta venta. Solo él puede reabrir la conversación."
    ),
    "blocked/blocked_by_mediation": (
        "Hay una mediación en curso en esta venta. Mientras dure, hable con el comprador en el reclamo, en Mercado "
        "Libre."
    ),
    # Mercado Livre writes it both ways.
    "blocked/bloqued_by_mediation": (
        "Hay una mediación en curso en esta venta. Mientras dure, hable con el comprador en el reclamo, en Mercado "
        "Libre."
    ),
    "blocked/blocked_by_mediation_fbm": (
        "Hay una mediación en curso en esta venta de Full. Mientras dure, siga el reclamo en Mercado Libre."
    ),
    "blocked/blocked_by_fulfillment": (
        "Esta venta se envía por Full, y Mercado Libre solo habilita los mensajes después de la entrega. Responda "
        "cuando el paquete se haya entregado."
    ),
    "blocked/blocked_by_payment": (
        "El pago de esta venta todavía no se confirmó. Mercado Libre habilita la conversación en cuanto eso ocurra; "
        "responda un poco más tarde."
    ),
    "blocked/blocked_by_conversation_initiated_by_seller": (
        "Esta compra es solo de productos de supermercado, y en ella el vendedor no puede iniciar la conversación. "
        "Espere a que el comprador escriba."
    ),
    "blocked/blocked_by_conversation_initiated_by_seller_limited": (
        "En esta venta, Mercado Libre no permite que el vendedor inicie la conversación con un mensaje libre. Espere a "
        "que el comprador escriba o use las opciones de contacto de la venta, en Mercado Libre."
    ),
    # https://developers.mercadolibre.com.ar/es_ar/motivos-para-comunicarse names it so.
    "blocked/blocked_by_conversation_started_by_seller": (
        "En esta venta, Mercado Libre no permite que el vendedor inicie la conversación con un mensaje libre. Espere a "
        "que el comprador escriba o use las opciones de contacto de la venta, en Mercado Libre."
    ),
    "blocked/blocked_by_conversation_use_message_api": (
        "El comprador ya inició esta conversación, y Mercado Libre solo acepta respuestas a su mensaje. Intente de "
        "nuevo; si no funciona, responda en la venta, en Mercado Libre."
    ),
    "blocked/blocked_by_cancelled_order": (
        "La venta fue cancelada, y Mercado Libre cerró la conversación. Ya no se le puede escribir al comprador."
    ),
    "blocked/blocked_by_cancelled_order_by_fraud": (
        "La venta fue cancelada por actividad irregular, y Mercado Libre cerró la conversación. Ya no se le puede "
        "escribir al comprador."
    ),
    "blocked/blocked_by_fraud": (
        "Mercado Libre cerró esta conversación por actividad irregular. Ya no se le puede escribir al comprador; vea "
        "los detalles en la venta, en Mercado Libre."
    ),
    "blocked/blocked_by_cancelled_order_hidden": (
        "La compra no llegó a procesarse y fue cancelada. Solo el comprador la ve todavía, y no se le puede escribir."
    ),
    "blocked/blocked_by_hidden": (
        "Mercado Libre ocultó esta venta y cerró la conversación. No se le puede escribir al comprador."
    ),
    "blocked/blocked_by_conversation_expired": (
        "Pasaron 18 meses desde la compra, y Mercado Libre dio por terminada la conversación. Ya no se le puede "
        "escribir al comprador."
    ),
    "blocked/blocked_by_refund": (
        "La venta fue reembolsada, total o parcialmente, y Mercado Libre cerró la conversación. Solo se reabre si el "
        "comprador escribe."
    ),
    "blocked/blocked_by_claim_change_open": (
        "Hay un cambio de producto en curso en esta venta. Mientras dure, siga el reclamo en Mercado Libre."
    ),
    # Mercado Livre describes it with the words of `blocked_by_claim_change_open`, so this says neither open nor closed.
    "blocked/blocked_by_claim_change_closed": (
        "Mercado Libre cerró esta conversación por un cambio de producto. Siga el cambio en la venta, en Mercado Libre."
    ),
    "blocked/blocked_by_deactivated_account": (
        "La cuenta del comprador o la del vendedor se eliminó de Mercado Libre. Ya no se puede escribir en esta "
        "conversación."
    ),
    "blocked/blocked_by_restrictions": (
        "Hay una restricción en la cuenta del comprador o en la del vendedor. Verifique en Mercado Libre si su cuenta "
        "tiene algo pendiente."
    ),
    "blocked/blocked_by_message_pending_review": (
        "Mercado Libre está revisando los mensajes de esta conversación. Responda cuando termine la revisión."
    ),
    "blocked/blocked_by_return_to_buyer_fulfillment": (
        "Full revisó el producto devuelto y se lo enviará de vuelta al comprador, y Mercado Libre cerró la "
        "conversación. Siga la devolución en Mercado Libre."
    ),
    "blocked/blocked_by_guest_shops": (
        "El comprador compró en Mercado Shops sin registrarse y no recibe mensajes por Mercado Libre. Vea en la venta "
        "si hay otra forma de contacto."
    ),
    "blocked/blocked_by_ai_assistant": (
        "El asistente de Mercado Libre está atendiendo al comprador en esta venta, y el vendedor no puede escribir por "
        "ahora. No hay nada que hacer hasta que la conversación se habilite."
    ),
    "blocked/blocked_by_ai_assistant_expired": (
        "El plazo de esta conversación con el asistente de Mercado Libre terminó. Ya no se puede responder; siga la "
        "venta en Mercado Libre."
    ),
    "blocked/blocked_by_ai_assistant_contact_closed": (
        "El asistente de Mercado Libre dio por terminada la consulta del comprador. No hace falta responder."
    ),
    "blocked/block_by_ai_assistant_initiated_by_seller_expired": (
        "El plazo de la conversación que el vendedor inició con el asistente de Mercado Libre terminó. Ya no se puede "
        "escribir en ella; siga la venta en Mercado Libre."
    ),
    "blocked/blocked_by_resale": (
        "Mercado Libre no ofrece mensajes en esta venta porque incluye un producto de reventa. Siga la venta en "
        "Mercado Libre."
    ),
    "blocked/blocked_by_proximity_groceries": (
        "Mercado Libre no ofrece mensajes en compras de supermercado con entrega inmediata. Siga la venta en Mercado "
        "Libre."
    ),
    "blocked/unknown": (
        "Mercado Libre bloqueó esta conversación ({substatus}). Vea el motivo en la venta, en Mercado Libre."
    ),
    "blocked/released": "Mercado Libre habilitó esta conversación. Ya se puede responder.",
    # ---- Why Mercado Livre's moderation kept a message from the buyer, by the `reason` of `message_moderation`.
    # https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
    "moderation/OUT_OF_PLACE_LANGUAGE": (
        "No entregado: la moderación de Mercado Libre rechazó el mensaje porque consideró inapropiado el lenguaje. "
        "Escríbalo en otro tono y envíe un mensaje nuevo."
    ),
    "moderation/SOCIAL_NETWORK_LINK": (
        "No entregado: la moderación de Mercado Libre rechazó el mensaje porque lleva a una red social. Escríbalo sin "
        "el enlace ni el perfil y envíe un mensaje nuevo."
    ),
    "moderation/LINK_SHORT_URL": (
        "No entregado: la moderación de Mercado Libre rechazó el mensaje porque trae un enlace acortado. Use la "
        "dirección completa y envíe un mensaje nuevo."
    ),
    "moderation/AUTOMATIC_MESSAGE": (
        "No entregado: la moderación de Mercado Libre rechazó el mensaje porque parece automático. Escríbalo con sus "
        "palabras, para este comprador, y envíe un mensaje nuevo."
    ),
    "moderation/PERSONAL_DATA": (
        "No entregado: la moderación de Mercado Libre rechazó el mensaje porque trae datos personales (teléfono, "
        "correo electrónico, dirección…). Escríbalo sin ellos y envíe un mensaje nuevo."
    ),
    "moderation/LINK_MERCADOPAGO": (
        "No entregado: la moderación de Mercado Libre rechazó el mensaje porque trae un enlace de Mercado Pago. "
        "Escríbalo sin él y envíe un mensaje nuevo."
    ),
    "moderation/ML_LINKS_PAYPAL": (
        "No entregado: la moderación de Mercado Libre rechazó el mensaje porque trae un enlace de pago, como los de "
        "PayPal. Escríbalo sin él y envíe un mensaje nuevo."
    ),
    "moderation/EVASION_CLAIM_SELLER": (
        "No entregado: la moderación de Mercado Libre rechazó el mensaje porque parece pedirle al comprador que no "
        "abra un reclamo o que lo cierre. Escríbalo sin eso y envíe un mensaje nuevo."
    ),
    "moderation/unknown": (
        "No entregado: la moderación de Mercado Libre rechazó el mensaje ({reason}). Escríbalo de otra forma y envíe "
        "un mensaje nuevo."
    ),
    "moderation/no_reason": (
        "No entregado: la moderación de Mercado Libre rechazó el mensaje y no indicó el motivo. Escríbalo sin enlaces "
        "ni datos de contacto y envíe un mensaje nuevo."
    ),
    # ---- What a seller reads in the browser while connecting an account.
    "connected_title": "Cuenta conectada",
    "connected": (
        "La cuenta {nickname} ({seller_id}) está conectada. A partir de ahora, sus preguntas y sus mensajes de "
        "posventa llegan a Chatwoot. Puede cerrar esta página."
    ),
    "not_connected_title": "La cuenta no se conectó",
    "one_step_left_title": "Falta un paso",
    "state_unknown": "Este enlace de autorización ya se usó o expiró. Abra de nuevo el enlace de conexión: {link}",
    "authorization_denied": (
        "La autorización no se concedió en Mercado Libre. Si no fue esa la intención, abra el enlace de conexión y "
        "autorice: {link}"
    ),
    "authorization_failed": (
        "Mercado Libre no autorizó la cuenta y dijo: «{words}». Si se repite, quien se encarga de la instalación debe "
        "revisar la aplicación en el DevCenter. Para intentar de nuevo, abra: {link}"
    ),
    "operator_not_allowed": (
        "Quien ingresó en Mercado Libre es un colaborador de la cuenta, y solo el administrador puede conectarla. "
        "Salga de Mercado Libre, ingrese como administrador y abra de nuevo: {link}"
    ),
    "code_expired": (
        "Mercado Libre no aceptó el código de autorización: vale por diez minutos y una sola vez. Si se repite, vea si "
        "hay datos de identidad pendientes en la cuenta de Mercado Libre, y pida a quien se encarga de la instalación "
        "que revise la URI de redirect en el DevCenter: debe ser exactamente {redirect_uri}. Para intentar de nuevo, "
        "abra: {link}"
    ),
    "client_refused": (
        "Mercado Libre no reconoció la aplicación ({words}). El App ID o la clave secreta que tiene Ponte no son los "
        "del DevCenter: quien se encarga de la instalación debe guardarlos de nuevo (python -m tools setup). Después, "
        "abra: {link}"
    ),
    "scopes_refused": (
        "Mercado Libre rechazó los permisos de la aplicación ({words}). Quien se encarga de la instalación debe marcar "
        "read, write y offline_access en el DevCenter. Después, abra de nuevo: {link}"
    ),
    "application_blocked": (
        "Mercado Libre no deja entrar a esta aplicación ({words}): está bloqueada o sin permiso. Quien se encarga de "
        "la instalación encuentra el motivo en el DevCenter. Una vez resuelto, abra de nuevo: {link}"
    ),
    "code_refused": (
        "Mercado Libre rechazó el código de autorización ({words}). Quien se encarga de la instalación debe revisar en "
        "el DevCenter la clave secreta y la URI de redirect ({redirect_uri}). Después, abra de nuevo: {link}"
    ),
    "mercado_livre_away": "Mercado Libre no respondió. Espere un minuto y abra de nuevo: {link}",
    "scopes_missing": (
        "Atención: la autorización vino sin {scopes}, y así Ponte no funcionará bien o dejará de funcionar en pocas "
        "horas. Quien se encarga de la instalación debe marcar los permisos read, write y offline_access en el "
        "DevCenter. Después, conecte la cuenta otra vez: {link}"
    ),
    "copy_the_address": (
        "La autorización fue concedida. Ahora copie la dirección completa de esta página, de la barra del navegador, y "
        "péguela en la terminal que la pidió. Si ninguna terminal la pidió, abra: {link}"
    ),
    "site_unknown": (
        "«{called}» no es el código de un país de Mercado Libre. Use uno de estos en la dirección: {sites}. O abra: "
        "{link}"
    ),
    "desk_unknown": (
        "Esta instalación no tiene la mesa de atención «{called}». Pida el enlace correcto a quien se encarga de ella. "
        "Si se acaba de crear, espere diez minutos."
    ),
}

"""What agents and sellers read in Spanish.

A sentence says what happened, to what, and what to do next. Facts are named in braces, the same in every language.
The reason of a reply that failed is a tooltip 160 px wide in Chatwoot: its cause stands first, in a few words.
"""

# `1.234,56` instead of `1,234.56`.
HAS_DECIMAL_COMMA = True

# As people write a moment, in the form of strftime.
MOMENT = "%d/%m/%Y %H:%M"

SENTENCES = {
    # ---- Replies that were not sent or that wait, whatever they reply to.
    "reply_forbidden": (
        "Cuenta sin permiso para responder: verifique los permisos de la aplicación y la cuenta conectada ({words})."
    ),
    "reply_refused": "Rechazado por Mercado Libre ({words}): intente de nuevo o responda en Mercado Libre.",
    "not_a_mercado_livre_conversation": (
        "Conversación sin comprador: no vino de Mercado Libre. Responda en la conversación abierta por la pregunta o "
        "la compra."
    ),
    "reply_withdrawn": "Mensaje eliminado antes de salir: escriba otro, si hace falta.",
    "reply_deleted": "El comprador ya recibió esta respuesta, y Mercado Libre no deja borrarla: se eliminó solo aquí.",
    "reply_given_up": (
        "Envío sin confirmar, por un error del puente: intente de nuevo. Antes de enviar, el puente verifica si la "
        "respuesta ya llegó."
    ),
    "reason_not_taken": (
        "Motivo no aceptado por Chatwoot, o por un firewall delante de él: escríbala de otra forma o responda en "
        "Mercado Libre."
    ),
    "reply_kept_out": (
        "Palabras frenadas en el camino, por un firewall u otro programa: escríbalas de otra forma o responda en "
        "Mercado Libre."
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
    "reply_sent_late": "Su mensaje “{excerpt}”, que estaba en la cola, ya fue enviado al comprador.",
    # What a message without words is named by
    "only_files": "(solo archivos)",
    "no_words": "(sin texto)",
    "reply_waiting_for_login": (
        "La respuesta está en la cola, pero la cuenta de Mercado Libre debe autorizarse de nuevo. Un administrador de "
        "la cuenta debe abrir {link}; después la respuesta sale sola."
    ),
    # What stands there as if it was sent, and may not be
    "not_sendable/integrations": "Una videollamada no le llega al comprador: envíe texto o archivo.",
    "not_sendable/input_select": "Los botones de opciones no le llegan al comprador: envíe texto o archivo.",
    "not_sendable/cards": "Las tarjetas no le llegan al comprador: envíe texto o archivo.",
    "not_sendable/form": "Un formulario no le llega al comprador: envíe texto o archivo.",
    "not_sendable/article": "Un artículo del centro de ayuda no le llega al comprador: envíe texto o archivo.",
    "not_sendable/unknown": "Un mensaje del tipo “{kind}” no le llega al comprador: envíe texto o archivo.",
    "not_sendable/no_writer": (
        "Autor desconocido: Chatwoot no dice quién lo escribió. Si es para el comprador, escríbalo con su usuario."
    ),
    # Commands
    "reply_is_command": "{command} es un comando: cambie a nota privada y escríbalo de nuevo.",
    "command_unknown": "El comando {command} no existe.",
    "command_given_up": (
        "El comando falló por un error inesperado de la integración. Escríbalo de nuevo y, si vuelve a fallar, avise a "
        "quien la mantiene."
    ),
    "commands_title": "Comandos que existen, en nota privada (el comprador no los ve):",
    "command/ajuda": "muestra esta lista",
    "command/envio": "dónde está el paquete, por dónde pasó y hasta cuándo despacharlo",
    "command/etiqueta": "la etiqueta del envío, en PDF",
    "command/pedido": "la venta como está ahora",
    "command/produto": "la publicación como está ahora: precio, stock y estado",
    "command_needs_sale": (
        "Esta conversación no es de una venta de Mercado Libre. Escriba el comando en la conversación de la venta."
    ),
    "command_waits": "Mercado Libre no está respondiendo. El comando sigue en la cola, y la respuesta llega aquí.",
    "command_login_needed": (
        "La cuenta de Mercado Libre debe autorizarse de nuevo. Un administrador de la cuenta debe abrir {link}; "
        "después escriba el comando otra vez."
    ),
    "file_not_taken_note": "Chatwoot no aceptó el archivo. Véalo en la venta: {link}",
    # What /produto tells
    "command_needs_listing": "Esta conversación no es de una publicación que Mercado Libre muestre.",
    "product_unreadable": "Mercado Libre no muestra la publicación {number}.",
    "product_state": "Estado: {state}",
    "product_price": "Precio: {price}",
    "product_stock": "Stock: {quantity}",
    "product_link": "[Ver la publicación {number}]({link})",
    "item_because_out_of_stock": "sin stock",
    "item_because_paused_by_seller": "pausada por el vendedor",
    "item_because_picture_download_pending": "fotos en proceso",
    "item_because_warning": "con un aviso de Mercado Libre",
    "item_because_waiting_for_patch": "a la espera de una corrección",
    "item_because_held": "retenida por Mercado Libre",
    "item_because_pending_documentation": "faltan documentos",
    "item_because_forbidden": "prohibida",
    "item_because_expired": "vencida",
    "item_because_deleted": "eliminada",
    "item_because_suspended": "suspendida",
    # What /envio tells
    "shipment_title": "Envío {number}",
    "shipment_town": "Destino: {town}",
    "shipment_follow": "[Seguir el paquete]({link})",
    "shipment_history": "Por dónde pasó:",
    # Labels
    "label_file": "etiqueta-{number}.pdf",
    "label_printed": "Etiqueta del envío {number}. Lleva la dirección del comprador: no se la envíe a nadie.",
    "label_printed_again": (
        "Reimpresión de la etiqueta del envío {number}, que ya figura como impresa en Mercado Libre. Lleva la "
        "dirección del comprador: no se la envíe a nadie."
    ),
    "label_until": "Despáchelo antes del {deadline}.",
    "no_label/off": "La búsqueda de etiquetas está apagada en esta instalación. [Imprímala en la venta]({link})",
    "no_label/unreadable": "No fue posible leer los datos de esta venta. [Vea la venta en Mercado Libre]({link})",
    "no_label/cancelled": "No hay etiqueta: la venta o el envío fue cancelado. No despache el paquete.",
    "no_label/fraud_risk": (
        "La etiqueta no se pidió: Mercado Libre ve riesgo de fraude en esta venta. No despache el paquete."
    ),
    "no_label/none": "No hay etiqueta: esta venta no tiene envío por Mercado Libre.",
    "no_label/agreed": "No hay etiqueta: la entrega se acuerda con el comprador.",
    "no_label/full": "No hay etiqueta: el paquete sale de Full, y Mercado Libre lo despacha.",
    "no_label/own_carrier": "No hay etiqueta de Mercado Libre: el envío es por transporte propio.",
    "no_label/not_ours": "No hay etiqueta: para Mercado Libre, el envío no es de esta cuenta.",
    "no_label/not_paid": "Todavía no hay etiqueta: la venta no está pagada.",
    "no_label/invoice_pending": (
        "Todavía no hay etiqueta: falta la factura. Mercado Libre la libera cuando recibe la de esta venta."
    ),
    "no_label/buffered": "Todavía no hay etiqueta: Mercado Libre la libera el {moment}.",
    "no_label/not_yet": "Todavía no hay etiqueta: {state}. Pídala de nuevo más tarde.",
    "no_label/dispatched": "Ya no hay etiqueta: el paquete ya salió. Estado: {state}.",
    "no_label/refused": "Mercado Libre no dio la etiqueta ({words}). [Vea la venta en Mercado Libre]({link})",
    # Claims
    "claim_title": "Reclamo {number} en Mercado Libre",
    "claim_kind": "Tipo: {kind}",
    "claim_reason": "Motivo: {reason}",
    "claim_expectation": "Mercado Libre espera de usted: {expectation}",
    "claim_until": "{action} antes del {deadline}",
    "claim_in_words": "Mercado Libre dice: {words}",
    "claim_counts": "Cuenta en contra de la reputación",
    "claim_counts_unless": "Cuenta en contra de la reputación, salvo que se atienda bien antes del {deadline}",
    "claim_does_not_count": "No cuenta en contra de la reputación",
    "claim_where_to_answer": (
        "Responda al reclamo en Mercado Libre: lo que se escribe aquí no llega a él. [Ver la venta]({link})"
    ),
    "claim_mediated": ("Mercado Libre pasó a mediar en el reclamo {number}: ahora decide él. [Ver la venta]({link})"),
    "claim_expects": "Reclamo {number}: ahora Mercado Libre espera de usted: {expectation}. [Ver la venta]({link})",
    "claim_closed": "El reclamo {number} fue cerrado. [Ver la venta]({link})",
    "claim_closed_because": "El reclamo {number} fue cerrado: {result}. [Ver la venta]({link})",
    "claim_kind_mediations": "reclamo del comprador",
    "claim_kind_dispute": "mediación, en la que decide Mercado Libre",
    "claim_kind_return": "devolución",
    "claim_kind_returns": "devolución",
    "claim_kind_change": "cambio",
    "claim_kind_fulfillment": "reclamo de una venta de Full",
    "claim_kind_ml_case": "caso abierto por Mercado Libre",
    "claim_kind_cancel_sale": "cancelación por el vendedor",
    "claim_kind_cancel_purchase": "cancelación por el comprador",
    "claim_kind_service": "reclamo de un servicio",
    "claim_action_send_message_to_complainant": "responder al comprador",
    "claim_action_send_message_to_mediator": "responder al mediador",
    "claim_action_send_attachments": "enviar adjuntos",
    "claim_action_refund": "devolver el dinero",
    "claim_action_allow_partial_refund": "ofrecer un reembolso parcial",
    "claim_action_allow_return": "aceptar la devolución",
    "claim_action_allow_return_label": "enviar la etiqueta de la devolución",
    "claim_action_allow_replace": "aceptar el cambio",
    "claim_action_send_potential_shipping": "informar cuándo se enviará el producto",
    "claim_action_add_shipping_evidence": "comprobar el envío",
    "claim_action_send_tracking_number": "informar el código de seguimiento",
    "claim_action_return_review": "revisar el producto devuelto",
    "claim_result_payment_refunded": "el comprador recibió su dinero",
    "claim_result_partial_refunded": "el comprador recibió parte de su dinero",
    "claim_result_partial_refund": "el comprador recibió parte de su dinero",
    "claim_result_item_returned": "el producto fue devuelto",
    "claim_result_item_changed": "el producto fue cambiado",
    "claim_result_product_delivered": "el producto fue entregado",
    "claim_result_not_delivered": "el producto no fue entregado",
    "claim_result_coverage_decision": "Mercado Libre cubrió el valor",
    "claim_result_respondent_timeout": "el vendedor no respondió a tiempo",
    "claim_result_timeout": "el plazo terminó",
    "claim_result_opened_claim_by_mistake": "el comprador lo abrió por error",
    "claim_result_worked_out_with_seller": "el comprador se entendió con el vendedor",
    "claim_result_prefered_to_keep_product": "el comprador se quedó con el producto",
    "claim_for_complainant": "a favor del comprador",
    "claim_for_respondent": "a favor del vendedor",
    "claim_for_complainant_respondent": "a favor de los dos",
    # ---- Whether a conversation may be answered, as the panel beside it says: that of a purchase, that of a question.
    "situation/open": "Puede responder",
    "situation/not_written": "El comprador aún no escribió; escríbale en la venta",
    "situation/until": "Puede responder hasta el {deadline}",
    "situation/blocked": "No puede responder. {reason}",
    "situation/UNANSWERED": "Espera respuesta",
    "situation/ANSWERED": "Respondida; solo admite una respuesta",
    "situation/UNDER_REVIEW": "En revisión en Mercado Libre; todavía no puede responder",
    "situation/BANNED": "Quitada por Mercado Libre",
    "situation/DELETED": "Eliminada en Mercado Libre",
    "situation/DISABLED": "Desactivada en Mercado Libre",
    "situation/CLOSED_UNANSWERED": "Cerrada sin respuesta",
    "situation/answer_removed": "Respuesta quitada por Mercado Libre; no puede responder de nuevo",
    # ---- What agents read about questions: answers that were not published, the first message, the notes.
    # Answers that were not published
    "answer_empty": "Respuesta sin texto: escríbala y envíela de nuevo.",
    "answer_too_long": "Texto demasiado largo: {length} caracteres, y caben {limit}. Acórtelo y envíe de nuevo.",
    "answer_with_attachment": "Adjunto no aceptado en preguntas: envíe solo el texto. No se envió nada.",
    "question_already_answered": "Pregunta ya respondida: Mercado Libre acepta una sola respuesta por pregunta.",
    "question_gone": "Pregunta eliminada: ya no se puede responder.",
    "question_banned": "Pregunta eliminada por Mercado Libre: ya no se puede responder.",
    "question_closed": "Pregunta cerrada sin respuesta: ya no se puede responder.",
    "question_under_review": (
        "Pregunta en revisión en Mercado Libre: intente de nuevo cuando se libere; avisaremos aquí."
    ),
    "item_not_active": "Publicación no activa: reactívela en Mercado Libre e intente de nuevo.",
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
    "answer_removed": "Respuesta eliminada por Mercado Libre: la pregunta no se puede responder de nuevo.",
    "answer_removed_because": (
        "Respuesta eliminada por Mercado Libre: {reason} La pregunta no se puede responder de nuevo."
    ),
    # Listing states
    "item_active": "activa",
    "item_paused": "pausada",
    "item_closed": "finalizada",
    "item_under_review": "en revisión",
    "item_inactive": "inactiva",
    "item_out_of_stock": "sin stock",
    "item_stock": "{count} en stock",
    "item_offer": "{price} (en oferta; precio normal {regular})",
    "note_item_active": "La publicación volvió a estar activa: la pregunta ya puede responderse.",
    "note_item_paused": "La publicación fue pausada. Mientras siga así, Mercado Libre no acepta la respuesta.",
    "note_item_out_of_stock": (
        "La publicación se quedó sin stock y fue pausada. Vuelve cuando haya stock; hasta entonces no se acepta la "
        "respuesta."
    ),
    "note_item_closed": "La publicación finalizó: la pregunta ya no puede responderse.",
    "note_item_under_review": (
        "Mercado Libre puso la publicación en revisión. Vea en Mercado Libre qué corregir; hasta entonces no se "
        "acepta la respuesta."
    ),
    "note_item_inactive": "La publicación está inactiva. Mientras siga así, no se acepta la respuesta.",
    "note_item_unknown": "La publicación cambió de estado en Mercado Libre: {state}. Verifique antes de responder.",
    "note_price": "El precio de la publicación cambió desde la pregunta: de {before} a {price}.",
    # ---- What agents read about sales: replies that were not sent, the note of the sale, the marks under messages.
    # Replies that were not sent
    "message_empty": "Mensaje vacío: escriba un texto y envíe de nuevo.",
    "message_unsendable": "Caracteres no aceptados ({characters}): quítelos y envíe de nuevo.",
    "message_too_long_for_agent": (
        "Texto demasiado largo: {length} caracteres, y el asistente de Mercado Libre acepta {limit} por vez. Acórtelo "
        "y envíe de nuevo."
    ),
    "message_too_long": (
        "Texto demasiado largo: {length} caracteres; aun en partes, el máximo es {limit}. Acórtelo y envíe de nuevo."
    ),
    "message_not_taken": (
        "No aceptado después de muchos intentos: intente de nuevo más tarde o responda en Mercado Libre."
    ),
    "buyer_has_not_written": (
        "El comprador aún no escribió: Mercado Libre solo deja responder por aquí después de eso. "
        "Escriba en la venta: {link}"
    ),
    "recipient_unknown": (
        "Destinatario desconocido: Mercado Libre no lo muestra. Intente de nuevo más tarde o responda allí: {link}"
    ),
    "conversation_state_unknown": (
        "Estado de la conversación desconocido: Mercado Libre no dijo si está abierta. Intente de nuevo en unos "
        "minutos."
    ),
    "conversation_blocked": "Mercado Libre bloqueó esta conversación. {reason}",
    "mediation_open": "Mediación en curso: hable con el comprador en el reclamo, en Mercado Libre.",
    "full_not_delivered": (
        "Paquete de Full sin entregar: antes de la entrega Mercado Libre no acepta mensajes. Envíe de nuevo después."
    ),
    "receiver_not_in_order": (
        "Destinatario fuera de la venta: intente de nuevo; si el error continúa, responda en la venta, en Mercado "
        "Libre."
    ),
    "sale_not_ours": (
        "Venta de otra cuenta: la cuenta conectada no puede escribir en ella. Verifique en Mercado Libre si la venta "
        "es de esta cuenta."
    ),
    "wrong_recipient": (
        "Destinatario no aceptado: intente de nuevo; si el error continúa, responda en la venta, en Mercado Libre."
    ),
    "charset_refused": "Caracteres no aceptados ({characters}): quite los emojis y los símbolos y envíe de nuevo.",
    "length_refused": "Largo rechazado por Mercado Libre ({words}): acorte el texto y envíe de nuevo.",
    "buyer_gone": "Cuenta del comprador desactivada: ya no se le puede escribir.",
    "message_parts_sent": (
        "{reason} Partes enviadas: {sent} de {total}; si intenta de nuevo, se envía solo lo que falta."
    ),
    # Files of a reply
    "file_too_large": "Archivo de más de {limit_mb} MB: adjunte uno más pequeño y envíe de nuevo ({name}).",
    "attachment_without_file": (
        "Adjunto que no es un archivo: escriba el contacto, la ubicación o lo que sea como texto."
    ),
    "file_type_refused": "Archivo {kind} no aceptado: envíe JPG, PNG, PDF o TXT, de hasta 25 MB ({name}).",
    "file_misnamed": (
        "Archivo con nombre equivocado: {name} no es un {kind} de verdad. Guárdelo como JPG, PNG, PDF o TXT y envíe de "
        "nuevo."
    ),
    "files_too_many": "Demasiados adjuntos: {count}, y caben {limit}. Repártalos en más de un mensaje.",
    "file_unavailable": "Archivo no entregado por Chatwoot: adjúntelo en un mensaje nuevo ({name}).",
    "file_empty": "Archivo vacío: revíselo y adjúntelo en un mensaje nuevo ({name}).",
    "file_refused": "Archivo rechazado por Mercado Libre ({words}): intente con otro ({name}).",
    "file_expired_again": (
        "Adjuntos descartados por Mercado Libre: intente de nuevo; si el error continúa, adjúntelos en un mensaje "
        "nuevo."
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
    "sale_label": "Etiqueta: escriba `/etiqueta` en una nota privada.",
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
    "sale_fraud_risk": "⚠️ Riesgo de fraude: no lo envíe; cancele la venta en Mercado Libre.",
    "sale_dispatch": "Despachar antes de: {deadline}",
    "sale_arrival": "Entrega prevista: {day}",
    "sale_tracking_link": "[Seguir el paquete]({link})",
    "sale_origin": "Esta venta salió de la división de otra: {link}",
    # What stands beside a sale
    "dispatch_until": "despachar antes de {moment}",
    "arrives_until": "entrega prevista {moment}",
    "payment_installments": "{how} en {count}×",
    "payment_refunded_amount": "{amount} devueltos",
    "payment_type_account_money": "saldo en Mercado Pago",
    "payment_type_credit_card": "tarjeta de crédito",
    "payment_type_debit_card": "tarjeta de débito",
    "payment_type_prepaid_card": "tarjeta prepaga",
    "payment_type_ticket": "pago en efectivo",
    "payment_type_bank_transfer": "transferencia",
    "payment_type_atm": "cajero automático",
    "payment_type_digital_currency": "crédito de Mercado Pago",
    "payment_type_consumer_credits": "crédito de Mercado Pago",
    "shipment_returned": "devuelto al vendedor",
    # The ways by which parcels go, as sellers call them
    "logistics/drop_off": "Correo",
    "logistics/xd_drop_off": "Agencia",
    "logistics/cross_docking": "Colecta",
    "logistics/self_service": "Flex",
    "logistics/turbo": "Turbo",
    "logistics/fulfillment": "Full",
    "logistics/default": "transporte propio",
    # Where a parcel is: the substates of a shipment
    "parcel/waiting_for_payment": "esperando el pago del envío",
    "parcel/under_review": "en revisión",
    "parcel/fraudulent": "sospecha de fraude",
    "parcel/cost_exceeded": "envío por encima del límite",
    "parcel/creating_route": "creando la ruta",
    "parcel/manufacturing": "en fabricación",
    "parcel/buffered": "etiqueta aún no liberada",
    "parcel/regenerating": "etiqueta en regeneración",
    "parcel/waiting_for_label_generation": "etiqueta en generación",
    "parcel/invoice_pending": "falta la factura",
    "parcel/agency_unavailable": "agencia no disponible",
    "parcel/picked_up": "recolectado",
    "parcel/dropped_off": "entregado en la agencia",
    "parcel/authorized_by_carrier": "recibido por el transporte",
    "parcel/in_hub": "en el centro de distribución",
    "parcel/in_transit": "en tránsito",
    "parcel/in_warehouse": "en el depósito",
    "parcel/out_for_delivery": "salió a entregarse",
    "parcel/soon_deliver": "próxima parada",
    "parcel/at_the_door": "en la puerta del comprador",
    "parcel/waiting_for_withdrawal": "esperando que el comprador lo retire",
    "parcel/receiver_absent": "nadie para recibir",
    "parcel/bad_address": "dirección incorrecta",
    "parcel/changed_address": "dirección cambiada",
    "parcel/buyer_rescheduled": "reprogramado por el comprador",
    "parcel/refused_delivery": "rechazado por el comprador",
    "parcel/waiting_for_confirmation": "esperando la confirmación del comprador",
    "parcel/delivery_blocked": "entrega en verificación",
    "parcel/delayed": "atrasado",
    "parcel/delivery_failed": "intento de entrega fallido",
    "parcel/not_localized": "dirección no encontrada",
    "parcel/dangerous_area": "zona de riesgo",
    "parcel/retained": "retenido",
    "parcel/reclaimed": "reclamado",
    "parcel/stale": "sin novedades",
    "parcel/buyer_edt_limit_stale": "plazo de entrega vencido",
    "parcel/need_review": "en análisis",
    "parcel/negative_feedback": "el comprador dice que no lo recibió",
    "parcel/claimed_me": "reclamado por el comprador",
    "parcel/on_hold": "en espera",
    "parcel/rejected_in_hub": "rechazado en el centro de distribución",
    "parcel/at_customs": "en la aduana",
    "parcel/delayed_at_customs": "atrasado en la aduana",
    "parcel/inferred": "entrega presunta",
    "parcel/damaged": "dañado",
    "parcel/returning_to_sender": "volviendo al vendedor",
    "parcel/returning_to_hub": "volviendo al centro de distribución",
    "parcel/returned_to_hub": "de vuelta en el centro de distribución",
    "parcel/returned_to_agency": "de vuelta en la agencia",
    "parcel/returning_to_warehouse": "volviendo al depósito",
    "parcel/soon_to_be_returned": "será devuelto",
    "parcel/return_failed": "la devolución falló",
    "parcel/shipment_stopped": "envío detenido",
    "parcel/lost": "extraviado",
    "parcel/stolen": "robado",
    "parcel/destroyed": "destruido",
    "parcel/confiscated": "confiscado",
    "parcel/unclaimed": "no retirado por el vendedor",
    "parcel/to_review": "cerrado, en análisis",
    # What happened to a sale
    "note_paid": "Pago aprobado: {payment}.",
    "note_refunded_in_part": "Reembolso parcial: {amount} devueltos al comprador hasta ahora. La venta sigue.",
    "note_refunded": "Reembolso total: {amount} devueltos al comprador.",
    "note_cancelled": "Venta cancelada {why}.",
    "note_cancelled_in_part": "Parte de la venta fue cancelada {why}. Pedido: {orders}. El resto sigue.",
    "cancelled_by/buyer": "por el comprador",
    "cancelled_by/seller": "por el vendedor",
    "cancelled_by/mercado_livre": "por Mercado Libre",
    "note_fraud_risk": (
        "⚠️ Mercado Libre detectó riesgo de fraude en esta venta. No envíe el producto; cancele la venta en "
        "Mercado Libre."
    ),
    "note_ready": "Lista para enviar{by}.",
    "note_ready_until": "Lista para enviar{by}: despáchala antes de {deadline}.",
    "note_on_its_way": "El paquete está en camino{by}. {number}",
    "note_on_its_way_link": "El paquete está en camino{by}. [Seguir {number}]({link})",
    "note_delivered": "El paquete fue entregado al comprador.",
    "note_not_delivered": "El paquete no fue entregado{what}. Vea en la venta qué hacer.",
    "note_returned": "El paquete fue devuelto al vendedor.",
    "note_dispatch_late": (
        "Despacho atrasado: el plazo era {deadline}. Envíelo cuanto antes; los atrasos cuentan en la reputación."
    ),
    "note_carrier_late": "El paquete está atrasado en el transporte{what}.",
    "note_put_off": "La entrega se postergó del {before} al {day}.",
    "note_split": "Esta venta fue dividida en otras, con envío y conversación propios; por eso esta fue cancelada.",
    "note_split_part": "[Venta {number}]({link})",
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
    # is the reason of a reply that failed, and stands after `conversation_blocked` in a private note.
    # https://developers.mercadolivre.com.br/pt_br/mensagens-bloqueadas
    "blocked/blocked_by_time": (
        "Sin mensajes desde hace 30 días: Mercado Libre cerró la conversación, que solo se reabre si el comprador "
        "escribe."
    ),
    "blocked/blocked_by_buyer": "Mensajes bloqueados por el comprador: solo él puede reabrir la conversación.",
    "blocked/blocked_by_mediation": "Mediación en curso: hable con el comprador en el reclamo, en Mercado Libre.",
    # Mercado Livre writes it both ways.
    "blocked/bloqued_by_mediation": "Mediación en curso: hable con el comprador en el reclamo, en Mercado Libre.",
    "blocked/blocked_by_mediation_fbm": "Mediación en curso, en venta de Full: siga el reclamo en Mercado Libre.",
    "blocked/blocked_by_fulfillment": (
        "Paquete de Full sin entregar: Mercado Libre solo habilita los mensajes después de la entrega. Responda "
        "entonces."
    ),
    "blocked/blocked_by_payment": (
        "Pago sin confirmar: Mercado Libre habilita la conversación en cuanto se confirme. Responda un poco más tarde."
    ),
    "blocked/blocked_by_conversation_initiated_by_seller": (
        "Compra de supermercado: el vendedor no puede iniciar la conversación. Espere a que el comprador escriba."
    ),
    "blocked/blocked_by_conversation_initiated_by_seller_limited": (
        "El comprador todavía no escribió: espere a que escriba o use las opciones de contacto de la venta, en Mercado "
        "Libre."
    ),
    # https://developers.mercadolibre.com.ar/es_ar/motivos-para-comunicarse names it so.
    "blocked/blocked_by_conversation_started_by_seller": (
        "El comprador todavía no escribió: espere a que escriba o use las opciones de contacto de la venta, en Mercado "
        "Libre."
    ),
    "blocked/blocked_by_conversation_use_message_api": (
        "El comprador ya escribió: Mercado Libre solo acepta respuestas a su mensaje. Intente de nuevo; si falla, "
        "responda en la venta, en Mercado Libre."
    ),
    "blocked/blocked_by_cancelled_order": (
        "Venta cancelada: Mercado Libre cerró la conversación. Ya no se le puede escribir al comprador."
    ),
    "blocked/blocked_by_cancelled_order_by_fraud": (
        "Venta cancelada por actividad irregular: ya no se le puede escribir al comprador."
    ),
    "blocked/blocked_by_fraud": (
        "Actividad irregular: Mercado Libre cerró la conversación. Vea los detalles en la venta, en Mercado Libre."
    ),
    "blocked/blocked_by_cancelled_order_hidden": (
        "Compra cancelada antes de procesarse: solo el comprador la ve todavía, y no se le puede escribir."
    ),
    "blocked/blocked_by_hidden": "Venta ocultada por Mercado Libre: no se le puede escribir al comprador.",
    "blocked/blocked_by_conversation_expired": (
        "Compra de hace más de 18 meses: Mercado Libre cerró la conversación. Ya no se le puede escribir al comprador."
    ),
    "blocked/blocked_by_refund": (
        "Venta reembolsada, total o parcialmente: la conversación solo se reabre si el comprador escribe."
    ),
    "blocked/blocked_by_claim_change_open": "Cambio de producto en curso: siga el reclamo en Mercado Libre.",
    # Mercado Livre describes it with the words of `blocked_by_claim_change_open`, so this says neither open nor closed.
    "blocked/blocked_by_claim_change_closed": (
        "Cambio de producto: Mercado Libre cerró la conversación. Siga el cambio en la venta, en Mercado Libre."
    ),
    "blocked/blocked_by_deactivated_account": (
        "Cuenta eliminada, la del comprador o la del vendedor: ya no se puede escribir en esta conversación."
    ),
    "blocked/blocked_by_restrictions": (
        "Cuenta restringida, la del comprador o la del vendedor: verifique en Mercado Libre si la suya tiene algo "
        "pendiente."
    ),
    "blocked/blocked_by_message_pending_review": (
        "Mensajes en revisión en Mercado Libre: responda cuando termine la revisión."
    ),
    "blocked/blocked_by_return_to_buyer_fulfillment": (
        "Devolución revisada por Full: el producto volverá al comprador. Siga la devolución en Mercado Libre."
    ),
    "blocked/blocked_by_guest_shops": (
        "Compra sin registro en Mercado Shops: el comprador no recibe mensajes. Vea en la venta si hay otra forma de "
        "contacto."
    ),
    "blocked/blocked_by_ai_assistant": (
        "Asistente de Mercado Libre atendiendo: el vendedor no puede escribir por ahora. No hay nada que hacer hasta "
        "que la conversación se habilite."
    ),
    "blocked/blocked_by_ai_assistant_expired": (
        "Plazo con el asistente de Mercado Libre terminado: ya no se puede responder. Siga la venta en Mercado Libre."
    ),
    "blocked/blocked_by_ai_assistant_contact_closed": (
        "Consulta cerrada por el asistente de Mercado Libre: no hace falta responder."
    ),
    "blocked/block_by_ai_assistant_initiated_by_seller_expired": (
        "Plazo con el asistente de Mercado Libre terminado: ya no se puede escribir en la conversación que el vendedor "
        "inició. Siga la venta en Mercado Libre."
    ),
    "blocked/blocked_by_resale": (
        "Producto de reventa: Mercado Libre no ofrece mensajes en esta venta. Sígala en Mercado Libre."
    ),
    "blocked/blocked_by_proximity_groceries": (
        "Supermercado con entrega inmediata: Mercado Libre no ofrece mensajes en esta compra. Siga la venta en Mercado "
        "Libre."
    ),
    "blocked/unknown": "Bloqueada por Mercado Libre ({substatus}): vea el motivo en la venta, en Mercado Libre.",
    "blocked/released": "Mercado Libre habilitó esta conversación. Ya se puede responder.",
    # ---- Why Mercado Livre's moderation kept a message from the buyer, by the `reason` of `message_moderation`.
    # https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
    "moderation/OUT_OF_PLACE_LANGUAGE": (
        "La moderación lo rechazó, por lenguaje inapropiado: escríbalo en otro tono y envíe un mensaje nuevo."
    ),
    "moderation/SOCIAL_NETWORK_LINK": (
        "La moderación lo rechazó, por llevar a una red social: escríbalo sin el enlace ni el perfil y envíe un "
        "mensaje nuevo."
    ),
    "moderation/LINK_SHORT_URL": (
        "La moderación lo rechazó, por un enlace acortado: use la dirección completa y envíe un mensaje nuevo."
    ),
    "moderation/AUTOMATIC_MESSAGE": (
        "La moderación lo rechazó, por parecer automático: escríbalo con sus palabras, para este comprador, y envíe un "
        "mensaje nuevo."
    ),
    "moderation/PERSONAL_DATA": (
        "La moderación lo rechazó, por datos personales (teléfono, correo electrónico, dirección…): escríbalo sin "
        "ellos y envíe un mensaje nuevo."
    ),
    "moderation/LINK_MERCADOPAGO": (
        "La moderación lo rechazó, por un enlace de Mercado Pago: escríbalo sin él y envíe un mensaje nuevo."
    ),
    "moderation/ML_LINKS_PAYPAL": (
        "La moderación lo rechazó, por un enlace de pago (de PayPal u otro): escríbalo sin él y envíe un mensaje nuevo."
    ),
    "moderation/EVASION_CLAIM_SELLER": (
        "La moderación lo rechazó, por parecer evitar un reclamo: escríbalo sin pedir que no lo abran o que lo cierren "
        "y envíe un mensaje nuevo."
    ),
    "moderation/unknown": "La moderación lo rechazó ({reason}): escríbalo de otra forma y envíe un mensaje nuevo.",
    "moderation/no_reason": (
        "La moderación lo rechazó, sin indicar el motivo: escríbalo sin enlaces ni datos de contacto y envíe un "
        "mensaje nuevo."
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
    "not_ready_title": "Ponte todavía no responde",
    "not_ready": (
        "Ponte todavía no está configurado o no alcanza lo que necesita. Abra el mismo enlace dentro de un minuto. Si "
        "sigue así, avise a quien se encarga de la instalación."
    ),
    "mercado_livre_away": "Mercado Libre no respondió. Espere un minuto y abra de nuevo: {link}",
    "site_not_supported": (
        "La cuenta {nickname} ({seller_id}) vende a varios países (Global Selling), lo que Ponte no atiende: nada de "
        "ella llega a Chatwoot. Conecte la cuenta de un solo país."
    ),
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
    "not_invited": (
        "Una cuenta se conecta por invitación, y esta dirección no lleva ninguna, o una que ya no vale. Pida un enlace "
        "nuevo a quien se encarga de la instalación."
    ),
    "link_to_ask_for": "un enlace de conexión, que se pide a quien se encarga de la instalación",
}

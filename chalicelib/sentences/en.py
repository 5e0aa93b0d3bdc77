"""What agents and sellers read in English.

A sentence says what happened, to what, and what to do next. Facts are named in braces, the same in every language.
The reason of a reply that failed is a tooltip 160 px wide in Chatwoot: its cause stands first, in a few words.
"""

# `1.234,56` instead of `1,234.56`.
HAS_DECIMAL_COMMA = False

# As people write a moment, in the form of strftime.
MOMENT = "%Y-%m-%d %H:%M"

SENTENCES = {
    # ---- Replies that were not sent or that wait, whatever they reply to.
    "reply_forbidden": (
        "Account not allowed to reply: check the application's permissions and the connected account ({words})."
    ),
    "reply_refused": "Refused by Mercado Livre ({words}): try again, or reply on Mercado Livre.",
    "not_a_mercado_livre_conversation": (
        "Conversation without a buyer: it does not come from Mercado Livre. Reply in the one that the question or the "
        "purchase opened."
    ),
    "reply_withdrawn": "Message deleted before it went out: write another one, if it is needed.",
    "reply_deleted": "The buyer has this reply already, and Mercado Livre lets nobody delete it: it is gone only here.",
    "reply_given_up": (
        "Sending not confirmed, for an error in the bridge: try again. Before it sends, the bridge checks whether the "
        "reply has already arrived."
    ),
    "reason_not_taken": (
        "Reason not taken by Chatwoot, or by a firewall before it: write it differently, or reply on Mercado Livre."
    ),
    "reply_kept_out": (
        "Words stopped on the way, by a firewall or the like: write it differently, or reply on Mercado Livre."
    ),
    "reply_not_sent_note": "Your message “{excerpt}” did not reach the buyer. {reason}",
    "reply_erased": (
        "What the bridge knew of this conversation was erased at the buyer's wish, so that nobody can tell any more "
        "whether this message arrived, and it is not sent again. If it is needed, write a new one."
    ),
    "reply_waiting": (
        "The reply could not be delivered yet. It stays in the queue and goes out as soon as possible; do not send it "
        "again."
    ),
    "reply_sent_late": "Your message “{excerpt}”, which was queued, has been sent to the buyer.",
    # What a message without words is named by
    "only_files": "(files alone)",
    "no_words": "(no text)",
    "reply_waiting_for_login": (
        "The reply is in the queue, but the Mercado Livre account must be authorised again. An administrator of the "
        "account should open {link}; the reply then goes out by itself."
    ),
    # What stands there as if it was sent, and may not be
    "not_sendable/integrations": "A video call does not go to the buyer: send words or a file.",
    "not_sendable/input_select": "Buttons to choose from do not go to the buyer: send words or a file.",
    "not_sendable/cards": "Cards do not go to the buyer: send words or a file.",
    "not_sendable/form": "A form does not go to the buyer: send words or a file.",
    "not_sendable/article": "A help center article does not go to the buyer: send words or a file.",
    "not_sendable/unknown": "A message of the kind “{kind}” does not go to the buyer: send words or a file.",
    "not_sendable/no_writer": (
        "Writer unknown: Chatwoot does not say who wrote it. If it is for the buyer, write it as yourself."
    ),
    # Commands
    "reply_is_command": "{command} is a command: switch to private note and write it again.",
    "command_unknown": "There is no command {command}.",
    "command_given_up": (
        "The command failed for an unexpected error of the integration. Write it again and, if it fails again, tell "
        "whoever looks after it."
    ),
    "commands_title": "Commands that there are, in a private note (the buyer does not see them):",
    "command/ajuda": "shows this list",
    "command/envio": "where the parcel is, where it was, and until when to dispatch it",
    "command/etiqueta": "the label of the shipment, as a PDF",
    "command/pedido": "the sale as it is now",
    "command/produto": "the listing as it is now: price, stock and state",
    "command_needs_sale": (
        "This conversation is not about a sale on Mercado Livre. Write the command in the conversation of the sale."
    ),
    "command_waits": "Mercado Livre does not answer. The command stays in the queue, and its answer comes here.",
    "command_login_needed": (
        "The Mercado Livre account has to be authorised again. An administrator of the account must open {link}; then "
        "write the command once more."
    ),
    "file_not_taken_note": "Chatwoot did not take the file. See it at the sale: {link}",
    # What /produto tells
    "command_needs_listing": "This conversation is about no listing that Mercado Livre shows.",
    "product_unreadable": "Mercado Livre does not show the listing {number}.",
    "product_state": "State: {state}",
    "product_price": "Price: {price}",
    "product_stock": "Stock: {quantity}",
    "product_link": "[See the listing {number}]({link})",
    "item_because_out_of_stock": "out of stock",
    "item_because_paused_by_seller": "paused by its seller",
    "item_because_picture_download_pending": "pictures are being processed",
    "item_because_warning": "with a warning of Mercado Livre",
    "item_because_waiting_for_patch": "waits for a correction",
    "item_because_held": "held back by Mercado Livre",
    "item_because_pending_documentation": "documents are missing",
    "item_because_forbidden": "forbidden",
    "item_because_expired": "expired",
    "item_because_deleted": "deleted",
    "item_because_suspended": "suspended",
    # What /envio tells
    "shipment_title": "Shipment {number}",
    "shipment_town": "Goes to: {town}",
    "shipment_follow": "[Follow the parcel]({link})",
    "shipment_history": "Where it was:",
    # Labels
    "label_file": "label-{number}.pdf",
    "label_printed": "Label of shipment {number}. It has the buyer's address: send it to nobody.",
    "label_printed_again": (
        "Reprint of the label of shipment {number}, which counts as printed on Mercado Livre. It has the buyer's "
        "address: send it to nobody."
    ),
    "label_until": "Dispatch it by {deadline}.",
    "no_label/off": "Fetching labels is switched off in this installation. [Print it at the sale]({link})",
    "no_label/unreadable": "This sale could not be read. [See the sale on Mercado Livre]({link})",
    "no_label/cancelled": "There is no label: the sale or its shipment was cancelled. Do not dispatch the parcel.",
    "no_label/fraud_risk": (
        "The label was not asked for: Mercado Livre sees a risk of fraud in this sale. Do not dispatch the parcel."
    ),
    "no_label/none": "There is no label: this sale is not shipped by Mercado Livre.",
    "no_label/agreed": "There is no label: delivery is agreed on with the buyer.",
    "no_label/full": "There is no label: the parcel leaves from Full, and Mercado Livre dispatches it.",
    "no_label/own_carrier": "There is no label of Mercado Livre's: the parcel goes by a carrier of your own.",
    "no_label/not_ours": "There is no label: for Mercado Livre, the shipment is not this account's.",
    "no_label/not_paid": "There is no label yet: the sale is not paid.",
    "no_label/invoice_pending": (
        "There is no label yet: the invoice is missing. Mercado Livre releases it once it has the invoice of this sale."
    ),
    "no_label/buffered": "There is no label yet: Mercado Livre releases it on {moment}.",
    "no_label/not_yet": "There is no label yet: {state}. Ask again later.",
    "no_label/dispatched": "There is no label any more: the parcel has left. State: {state}.",
    "no_label/refused": "Mercado Livre did not give the label ({words}). [See the sale on Mercado Livre]({link})",
    # Claims
    "claim_title": "Claim {number} on Mercado Livre",
    "claim_kind": "Kind: {kind}",
    "claim_reason": "Reason: {reason}",
    "claim_expectation": "Mercado Livre expects of you: {expectation}",
    "claim_until": "{action} by {deadline}",
    "claim_in_words": "Mercado Livre says: {words}",
    "claim_counts": "Counts against the reputation",
    "claim_counts_unless": "Counts against the reputation, unless it is dealt with well by {deadline}",
    "claim_does_not_count": "Does not count against the reputation",
    "claim_where_to_answer": (
        "Answer the claim on Mercado Livre: what is written here does not reach it. [See the sale]({link})"
    ),
    "claim_mediated": "Mercado Livre now mediates claim {number}, and decides it. [See the sale]({link})",
    "claim_expects": "Claim {number}: Mercado Livre now expects of you: {expectation}. [See the sale]({link})",
    "claim_closed": "Claim {number} was closed. [See the sale]({link})",
    "claim_closed_because": "Claim {number} was closed: {result}. [See the sale]({link})",
    "claim_kind_mediations": "claim of the buyer",
    "claim_kind_dispute": "mediation, which Mercado Livre decides",
    "claim_kind_return": "return",
    "claim_kind_returns": "return",
    "claim_kind_change": "exchange",
    "claim_kind_fulfillment": "claim about a sale from Full",
    "claim_kind_ml_case": "case opened by Mercado Livre",
    "claim_kind_cancel_sale": "cancellation by the seller",
    "claim_kind_cancel_purchase": "cancellation by the buyer",
    "claim_kind_service": "claim about a service",
    "claim_action_send_message_to_complainant": "answer the buyer",
    "claim_action_send_message_to_mediator": "answer the mediator",
    "claim_action_send_attachments": "send files",
    "claim_action_refund": "give the money back",
    "claim_action_allow_partial_refund": "offer a partial refund",
    "claim_action_allow_return": "accept the return",
    "claim_action_allow_return_label": "send the label of the return",
    "claim_action_allow_replace": "accept the exchange",
    "claim_action_send_potential_shipping": "say when the product will be sent",
    "claim_action_add_shipping_evidence": "prove that it was sent",
    "claim_action_send_tracking_number": "give the tracking number",
    "claim_action_return_review": "check the product that came back",
    "claim_result_payment_refunded": "the buyer got the money back",
    "claim_result_partial_refunded": "the buyer got a part of the money back",
    "claim_result_partial_refund": "the buyer got a part of the money back",
    "claim_result_item_returned": "the product was returned",
    "claim_result_item_changed": "the product was exchanged",
    "claim_result_product_delivered": "the product was delivered",
    "claim_result_not_delivered": "the product was not delivered",
    "claim_result_coverage_decision": "Mercado Livre covered the amount",
    "claim_result_respondent_timeout": "the seller did not answer in time",
    "claim_result_timeout": "the time ran out",
    "claim_result_opened_claim_by_mistake": "the buyer opened it by mistake",
    "claim_result_worked_out_with_seller": "the buyer came to terms with the seller",
    "claim_result_prefered_to_keep_product": "the buyer keeps the product",
    "claim_for_complainant": "in favour of the buyer",
    "claim_for_respondent": "in favour of the seller",
    "claim_for_complainant_respondent": "in favour of both",
    # ---- Whether a conversation may be answered, as the panel beside it says: that of a purchase, that of a question.
    "situation/open": "Can be answered",
    "situation/not_written": "The buyer has not written yet; write from the sale",
    "situation/until": "Can be answered until {deadline}",
    "situation/blocked": "Cannot be answered. {reason}",
    "situation/UNANSWERED": "Waits for an answer",
    "situation/ANSWERED": "Answered; it takes one answer only",
    "situation/UNDER_REVIEW": "Under review at Mercado Livre; cannot be answered yet",
    "situation/BANNED": "Removed by Mercado Livre",
    "situation/DELETED": "Deleted on Mercado Livre",
    "situation/DISABLED": "Disabled on Mercado Livre",
    "situation/CLOSED_UNANSWERED": "Closed without an answer",
    "situation/answer_removed": "Answer removed by Mercado Livre; cannot be answered again",
    # ---- What agents read about questions: answers that were not published, the first message, the notes.
    # Answers that were not published
    "answer_empty": "Answer without text: write it and send it again.",
    "answer_too_long": "Text too long: {length} characters, and the most is {limit}. Shorten it and send it again.",
    "answer_with_attachment": "Attachments not taken in answers: send the text alone. Nothing was sent.",
    "question_already_answered": "Question already answered: Mercado Livre takes one answer a question.",
    "question_gone": "Question deleted: it can no longer be answered.",
    "question_banned": "Question removed by Mercado Livre: it can no longer be answered.",
    "question_closed": "Question closed unanswered: it can no longer be answered.",
    "question_under_review": (
        "Question under review at Mercado Livre: try again once it is released; a note here will say so."
    ),
    "item_not_active": "Listing not active: reactivate it on Mercado Livre and try again.",
    # The first message and the notes of a question
    "question_text_removed": "[Mercado Livre removed the text of the question]",
    "listing": "Listing: {title}",
    "note_UNDER_REVIEW": (
        "Mercado Livre is reviewing this question. It cannot be answered yet; a note here will say when it can."
    ),
    "note_UNANSWERED": "The question was released and can be answered now.",
    "note_BANNED": "Mercado Livre removed this question. It can no longer be answered.",
    "note_DELETED": "This question was deleted on Mercado Livre. It can no longer be answered.",
    "note_DISABLED": "This question was disabled on Mercado Livre. It can no longer be answered.",
    "note_CLOSED_UNANSWERED": "This question was closed unanswered. It can no longer be answered.",
    "note_unknown_state": "Mercado Livre changed the state of this question to {state}.",
    "answer_removed": "Answer removed by Mercado Livre: the question cannot be answered again.",
    "answer_removed_because": "Answer removed by Mercado Livre: {reason} The question cannot be answered again.",
    # Listing states
    "item_active": "active",
    "item_paused": "paused",
    "item_closed": "closed",
    "item_under_review": "under review",
    "item_inactive": "inactive",
    "item_out_of_stock": "out of stock",
    "item_stock": "{count} in stock",
    "item_offer": "{price} (on offer; regular price {regular})",
    "note_item_active": "The listing is active again: the question can be answered now.",
    "note_item_paused": "The listing was paused. Mercado Livre takes no answer while it is.",
    "note_item_out_of_stock": (
        "The listing is out of stock and was paused. It comes back with new stock; no answer is taken until then."
    ),
    "note_item_closed": "The listing was closed: the question cannot be answered any more.",
    "note_item_under_review": (
        "Mercado Livre has put the listing under review. See there what to correct; no answer is taken until then."
    ),
    "note_item_inactive": "The listing is inactive. No answer is taken while it is.",
    "note_item_unknown": "The listing has another state on Mercado Livre: {state}. Check before you answer.",
    "note_price": "The price of the listing has changed since the question: from {before} to {price}.",
    # ---- What agents read about sales: replies that were not sent, the note of the sale, the marks under messages.
    # Replies that were not sent
    "message_empty": "Message empty: write a text and send it again.",
    "message_unsendable": "Characters not taken ({characters}): remove them and send it again.",
    "message_too_long_for_agent": (
        "Text too long: {length} characters, and Mercado Livre's assistant takes {limit} at a time. Shorten it and "
        "send it again."
    ),
    "message_too_long": (
        "Text too long: {length} characters; even in parts, the most is {limit}. Shorten it and send it again."
    ),
    "message_not_taken": "Not taken after many tries: try again later, or reply on Mercado Livre.",
    "buyer_has_not_written": (
        "The buyer has not written yet: until then Mercado Livre takes no reply from here. Write from the sale: {link}"
    ),
    "recipient_unknown": "Recipient unknown: Mercado Livre does not show it. Try again later or reply there: {link}",
    "conversation_state_unknown": (
        "State of the conversation unknown: Mercado Livre did not say whether it is open. Try again in a few minutes."
    ),
    "conversation_blocked": "Mercado Livre blocked this conversation. {reason}",
    "mediation_open": "Mediation under way: talk to the buyer in the claim, on Mercado Livre.",
    "full_not_delivered": (
        "Full package not delivered: Mercado Livre takes no messages before delivery. Send it again after it."
    ),
    "receiver_not_in_order": (
        "Recipient not in the sale: try again; if it still fails, reply in the sale, on Mercado Livre."
    ),
    "sale_not_ours": (
        "Sale of another account: the connected one may not write in it. Check on Mercado Livre whether the sale "
        "belongs to this account."
    ),
    "wrong_recipient": "Recipient not taken: try again; if it still fails, reply in the sale, on Mercado Livre.",
    "charset_refused": "Characters not taken ({characters}): remove the emojis and symbols and send it again.",
    "length_refused": "Length refused by Mercado Livre ({words}): shorten the text and send it again.",
    "buyer_gone": "Buyer's account deactivated: the buyer can no longer be written to.",
    "message_parts_sent": "{reason} Parts sent: {sent} of {total}; trying again sends only what is missing.",
    # Files of a reply
    "file_too_large": "File over {limit_mb} MB: attach a smaller one and send it again ({name}).",
    "attachment_without_file": "Attachment that is no file: write the contact, the location or whatever it is as text.",
    "file_type_refused": "File {kind} not taken: send JPG, PNG, PDF or TXT, of up to 25 MB ({name}).",
    "file_misnamed": (
        "File with a wrong name: {name} is no real {kind}. Save it as JPG, PNG, PDF or TXT and send it again."
    ),
    "files_too_many": "Too many attachments: {count}, and the most is {limit}. Split them into more than one message.",
    "file_unavailable": "File not handed over by Chatwoot: attach it in a new message ({name}).",
    "file_empty": "File empty: check it and attach it in a new message ({name}).",
    "file_refused": "File refused by Mercado Livre ({words}): try another one ({name}).",
    "file_expired_again": (
        "Attachments dropped by Mercado Livre: try again; if it still fails, attach them in a new message."
    ),
    # The note of a sale
    "sale_note_title": "Sale on Mercado Livre",
    "sale_items_line": "{quantity} × {title}",
    "sale_total": "Total: {amount}",
    "sale_state": "Sale: {state}",
    "sale_payment": "Payment: {state}",
    "sale_shipment": "Shipping: {state}",
    "sale_tracking": "Tracking number: {number}",
    "sale_order": "Order: {number}",
    "sale_pack": "Cart: {number}",
    "sale_more_orders": "and {count} more in the same cart",
    "sale_label": "Label: write `/label` in a private note.",
    "sale_link": "[See the sale on Mercado Livre]({link})",
    "sale_unreadable": "The data of this sale could not be read. [See the sale on Mercado Livre]({link})",
    # States of an order; they agree with "venda" and "venta"
    "order_confirmed": "confirmed",
    "order_payment_required": "waiting for the payment",
    "order_payment_in_process": "payment in process",
    "order_partially_paid": "partly paid",
    "order_paid": "paid",
    "order_partially_refunded": "partly refunded",
    "order_pending_cancel": "being cancelled",
    "order_cancelled": "cancelled",
    "order_invalid": "invalid",
    # States of a payment
    "payment_approved": "approved",
    "payment_pending": "pending",
    "payment_in_process": "in process",
    "payment_authorized": "authorised",
    "payment_in_mediation": "in mediation",
    "payment_rejected": "rejected",
    "payment_cancelled": "cancelled",
    "payment_refunded": "refunded",
    "payment_charged_back": "charged back",
    # States of a shipment
    "shipment_to_be_agreed": "to be agreed with the buyer",
    "shipment_pending": "pending",
    "shipment_handling": "being prepared",
    "shipment_ready_to_ship": "ready to ship",
    "shipment_shipped": "on its way",
    "shipment_delivered": "delivered",
    "shipment_not_delivered": "not delivered",
    "shipment_cancelled": "cancelled",
    "shipment_none": "no shipment",
    "sale_fraud_risk": "⚠️ Risk of fraud: do not ship it; cancel the sale on Mercado Livre.",
    "sale_dispatch": "Dispatch by: {deadline}",
    "sale_arrival": "Expected delivery: {day}",
    "sale_tracking_link": "[Follow the parcel]({link})",
    "sale_origin": "This sale came of another one that was split: {link}",
    # What stands beside a sale
    "dispatch_until": "dispatch by {moment}",
    "arrives_until": "expected {moment}",
    "payment_installments": "{how} in {count}×",
    "payment_refunded_amount": "{amount} given back",
    "payment_type_account_money": "Mercado Pago balance",
    "payment_type_credit_card": "credit card",
    "payment_type_debit_card": "debit card",
    "payment_type_prepaid_card": "prepaid card",
    "payment_type_ticket": "cash voucher",
    "payment_type_bank_transfer": "bank transfer",
    "payment_type_atm": "cash machine",
    "payment_type_digital_currency": "Mercado Pago credit",
    "payment_type_consumer_credits": "Mercado Pago credit",
    "shipment_returned": "returned to the seller",
    # The ways by which parcels go, as sellers call them
    "logistics/drop_off": "Post office",
    "logistics/xd_drop_off": "Drop-off point",
    "logistics/cross_docking": "Collection",
    "logistics/self_service": "Flex",
    "logistics/turbo": "Turbo",
    "logistics/fulfillment": "Full",
    "logistics/default": "own carrier",
    # Where a parcel is: the substates of a shipment
    "parcel/waiting_for_payment": "waiting for the freight to be paid",
    "parcel/under_review": "under review",
    "parcel/fraudulent": "suspected fraud",
    "parcel/cost_exceeded": "freight above the limit",
    "parcel/creating_route": "route being made",
    "parcel/manufacturing": "being made",
    "parcel/buffered": "label held back",
    "parcel/regenerating": "label being remade",
    "parcel/waiting_for_label_generation": "label being made",
    "parcel/invoice_pending": "invoice missing",
    "parcel/agency_unavailable": "drop-off point not available",
    "parcel/picked_up": "collected",
    "parcel/dropped_off": "handed in",
    "parcel/authorized_by_carrier": "received by the carrier",
    "parcel/in_hub": "in a hub",
    "parcel/in_transit": "in transit",
    "parcel/in_warehouse": "in a warehouse",
    "parcel/out_for_delivery": "out for delivery",
    "parcel/soon_deliver": "next stop",
    "parcel/at_the_door": "at the door",
    "parcel/waiting_for_withdrawal": "waiting for the buyer to collect it",
    "parcel/receiver_absent": "nobody at home",
    "parcel/bad_address": "wrong address",
    "parcel/changed_address": "address changed",
    "parcel/buyer_rescheduled": "rescheduled by the buyer",
    "parcel/refused_delivery": "refused by the buyer",
    "parcel/waiting_for_confirmation": "waiting for the buyer to confirm",
    "parcel/delivery_blocked": "delivery being checked",
    "parcel/delayed": "delayed",
    "parcel/delivery_failed": "delivery failed",
    "parcel/not_localized": "address not found",
    "parcel/dangerous_area": "dangerous area",
    "parcel/retained": "retained",
    "parcel/reclaimed": "reclaimed",
    "parcel/stale": "no news",
    "parcel/buyer_edt_limit_stale": "delivery overdue",
    "parcel/need_review": "needs review",
    "parcel/negative_feedback": "the buyer says that it did not arrive",
    "parcel/claimed_me": "claimed by the buyer",
    "parcel/on_hold": "on hold",
    "parcel/rejected_in_hub": "refused in a hub",
    "parcel/at_customs": "at customs",
    "parcel/delayed_at_customs": "delayed at customs",
    "parcel/inferred": "presumed",
    "parcel/damaged": "damaged",
    "parcel/returning_to_sender": "on its way back",
    "parcel/returning_to_hub": "on its way back to a hub",
    "parcel/returned_to_hub": "back in a hub",
    "parcel/returned_to_agency": "back at the drop-off point",
    "parcel/returning_to_warehouse": "on its way back to the warehouse",
    "parcel/soon_to_be_returned": "to be returned",
    "parcel/return_failed": "return failed",
    "parcel/shipment_stopped": "stopped",
    "parcel/lost": "lost",
    "parcel/stolen": "stolen",
    "parcel/destroyed": "destroyed",
    "parcel/confiscated": "confiscated",
    "parcel/unclaimed": "not collected by the seller",
    "parcel/to_review": "closed, under review",
    # What happened to a sale
    "note_paid": "Payment approved: {payment}.",
    "note_refunded_in_part": "Partial refund: {amount} given back to the buyer so far. The sale goes on.",
    "note_refunded": "Full refund: {amount} given back to the buyer.",
    "note_cancelled": "Sale cancelled {why}.",
    "note_cancelled_in_part": "Part of the sale was cancelled {why}. Order: {orders}. The rest goes on.",
    "cancelled_by/buyer": "by the buyer",
    "cancelled_by/seller": "by the seller",
    "cancelled_by/mercado_livre": "by Mercado Livre",
    "note_fraud_risk": (
        "⚠️ Mercado Livre has found a risk of fraud in this sale. Do not ship the product; cancel the sale on "
        "Mercado Livre."
    ),
    "note_ready": "Ready to ship{by}.",
    "note_ready_until": "Ready to ship{by}: dispatch it by {deadline}.",
    "note_on_its_way": "The parcel is on its way{by}. {number}",
    "note_on_its_way_link": "The parcel is on its way{by}. [Follow {number}]({link})",
    "note_delivered": "The parcel was delivered to the buyer.",
    "note_not_delivered": "The parcel was not delivered{what}. See in the sale what to do.",
    "note_returned": "The parcel has come back to the seller.",
    "note_dispatch_late": (
        "Dispatch is late: it was due by {deadline}. Send it as soon as you can; delays count in the reputation."
    ),
    "note_carrier_late": "The parcel is late on its way{what}.",
    "note_put_off": "Delivery was put off from {before} to {day}.",
    "note_split": (
        "This sale was split into others, with shipments and conversations of their own; that is why this one was "
        "cancelled."
    ),
    "note_split_part": "[Sale {number}]({link})",
    # In place of a message's text
    "message_without_text": "[message without text]",
    "message_text_withheld": "[text not shown by Mercado Livre: {status}]",
    # Under a message
    "written_when": "Written on Mercado Livre on {moment}",
    "marker_pending": "Under review by Mercado Livre's moderation",
    "marker_pending_translation": "Waiting for Mercado Livre's translation",
    "marker_moderated_buyer": "Message from the buyer refused by Mercado Livre's moderation",
    "marker_unknown_status": "State on Mercado Livre: {status}",
    "attachment_threat": (
        "The file {name} was not brought here: Mercado Livre marked it as a possible threat. If you need it, see it "
        "with care in the sale: {link}"
    ),
    "attachment_too_large": (
        "The file {name} ({megabytes} MB) is too large to be brought here. See it in the sale: {link}"
    ),
    "attachment_missing": "Mercado Livre did not hand over the file {name}. See whether it opens in the sale: {link}",
    "attachment_not_taken_by_chatwoot": "Chatwoot did not take the file {name}. See it in the sale: {link}",
    "words_not_taken": (
        "[Chatwoot, or a firewall before it, does not take what belongs here. See it on Mercado Livre: {link}]"
    ),
    "note_not_taken": "Chatwoot, or a firewall before it, does not take a note that belongs here.",
    "thread_not_shown": (
        "Mercado Livre does not show this conversation to Ponte ({words}). What the buyer writes does not "
        "come here until it does, which Ponte tries now and then. See Mercado Livre's own pages. {link}"
    ),
    "thread_shown_again": "Mercado Livre shows this conversation again. What was written meanwhile stands here now.",
    # Notes about messages
    "note_message_released": "Mercado Livre's moderation released the message “{excerpt}”.",
    "note_message_moderated": "Message written on Mercado Livre, “{excerpt}”. {reason}",
    "agent_thread_deadline": (
        "This conversation goes through Mercado Livre's messaging assistant. Send one message at a time, of up to "
        "{limit} characters. There are 48 business hours to resolve it: reply by {deadline} (holidays not considered). "
        "After that, Mercado Livre blocks the conversation."
    ),
    # ---- Why Mercado Livre blocks the conversation of a sale, by the `substatus` of `conversation_status`. Each one
    # is the reason of a reply that failed, and stands after `conversation_blocked` in a private note.
    # https://developers.mercadolivre.com.br/pt_br/mensagens-bloqueadas
    "blocked/blocked_by_time": (
        "No messages for 30 days: Mercado Livre closed the conversation, which reopens only if the buyer writes."
    ),
    "blocked/blocked_by_buyer": "Messages blocked by the buyer: only the buyer can reopen the conversation.",
    "blocked/blocked_by_mediation": "Mediation under way: talk to the buyer in the claim, on Mercado Livre.",
    # Mercado Livre writes it both ways.
    "blocked/bloqued_by_mediation": "Mediation under way: talk to the buyer in the claim, on Mercado Livre.",
    "blocked/blocked_by_mediation_fbm": "Mediation under way, in a Full sale: follow the claim on Mercado Livre.",
    "blocked/blocked_by_fulfillment": (
        "Full package not delivered: Mercado Livre opens the messages only after delivery. Reply then."
    ),
    "blocked/blocked_by_payment": (
        "Payment not confirmed: Mercado Livre opens the conversation as soon as it is. Reply a little later."
    ),
    "blocked/blocked_by_conversation_initiated_by_seller": (
        "Grocery purchase: the seller may not begin the conversation. Wait for the buyer to write."
    ),
    "blocked/blocked_by_conversation_initiated_by_seller_limited": (
        "Buyer has not written yet: wait for them to write, or use the contact options of the sale, on Mercado Livre."
    ),
    # https://developers.mercadolibre.com.ar/es_ar/motivos-para-comunicarse names it so.
    "blocked/blocked_by_conversation_started_by_seller": (
        "Buyer has not written yet: wait for them to write, or use the contact options of the sale, on Mercado Livre."
    ),
    "blocked/blocked_by_conversation_use_message_api": (
        "Buyer has already written: Mercado Livre takes only replies to that message. Try again; if that fails, reply "
        "in the sale, on Mercado Livre."
    ),
    "blocked/blocked_by_cancelled_order": (
        "Sale cancelled: Mercado Livre closed the conversation. The buyer can no longer be written to."
    ),
    "blocked/blocked_by_cancelled_order_by_fraud": (
        "Sale cancelled for irregular activity: the buyer can no longer be written to."
    ),
    "blocked/blocked_by_fraud": (
        "Irregular activity: Mercado Livre closed the conversation. See the details in the sale, on Mercado Livre."
    ),
    "blocked/blocked_by_cancelled_order_hidden": (
        "Purchase cancelled before it was processed: only the buyer still sees it, who cannot be written to."
    ),
    "blocked/blocked_by_hidden": "Sale hidden by Mercado Livre: the buyer cannot be written to.",
    "blocked/blocked_by_conversation_expired": (
        "Purchase over 18 months old: Mercado Livre ended the conversation. The buyer can no longer be written to."
    ),
    "blocked/blocked_by_refund": (
        "Sale refunded, in full or in part: the conversation reopens only if the buyer writes."
    ),
    "blocked/blocked_by_claim_change_open": "Product exchange under way: follow the claim on Mercado Livre.",
    # Mercado Livre describes it with the words of `blocked_by_claim_change_open`, so this says neither open nor closed.
    "blocked/blocked_by_claim_change_closed": (
        "Product exchange: Mercado Livre closed the conversation. Follow the exchange in the sale, on Mercado Livre."
    ),
    "blocked/blocked_by_deactivated_account": (
        "Account deleted, the buyer's or the seller's: this conversation can no longer be written in."
    ),
    "blocked/blocked_by_restrictions": (
        "Account restricted, the buyer's or the seller's: check on Mercado Livre whether yours has anything pending."
    ),
    "blocked/blocked_by_message_pending_review": (
        "Messages under review at Mercado Livre: reply once the review is over."
    ),
    "blocked/blocked_by_return_to_buyer_fulfillment": (
        "Return inspected by Full: the product goes back to the buyer. Follow the return on Mercado Livre."
    ),
    "blocked/blocked_by_guest_shops": (
        "Guest purchase on Mercado Shops: the buyer gets no messages. See in the sale whether there is another way to "
        "reach them."
    ),
    "blocked/blocked_by_ai_assistant": (
        "Mercado Livre's assistant at work: the seller may not write for now. There is nothing to do until the "
        "conversation is opened."
    ),
    "blocked/blocked_by_ai_assistant_expired": (
        "Time with Mercado Livre's assistant over: it can no longer be replied to. Follow the sale on Mercado Livre."
    ),
    "blocked/blocked_by_ai_assistant_contact_closed": (
        "Inquiry closed by Mercado Livre's assistant: no reply is needed."
    ),
    "blocked/block_by_ai_assistant_initiated_by_seller_expired": (
        "Time with Mercado Livre's assistant over: the conversation that the seller began can no longer be written in. "
        "Follow the sale on Mercado Livre."
    ),
    "blocked/blocked_by_resale": (
        "Resold product: Mercado Livre offers no messages in this sale. Follow it on Mercado Livre."
    ),
    "blocked/blocked_by_proximity_groceries": (
        "Groceries with immediate delivery: Mercado Livre offers no messages in this purchase. Follow the sale on "
        "Mercado Livre."
    ),
    "blocked/unknown": "Blocked by Mercado Livre ({substatus}): see why in the sale, on Mercado Livre.",
    "blocked/released": "Mercado Livre opened this conversation again. It can be replied to now.",
    # ---- Why Mercado Livre's moderation kept a message from the buyer, by the `reason` of `message_moderation`.
    # https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
    "moderation/OUT_OF_PLACE_LANGUAGE": (
        "Moderation refused it, for inappropriate language: reword it and send a new message."
    ),
    "moderation/SOCIAL_NETWORK_LINK": (
        "Moderation refused it, for leading to a social network: rewrite it without the link or the profile and send a "
        "new message."
    ),
    "moderation/LINK_SHORT_URL": (
        "Moderation refused it, for a shortened link: use the full address and send a new message."
    ),
    "moderation/AUTOMATIC_MESSAGE": (
        "Moderation refused it, for looking automatic: write it in your own words, for this buyer, and send a new "
        "message."
    ),
    "moderation/PERSONAL_DATA": (
        "Moderation refused it, for personal data (phone, e-mail, address…): rewrite it without them and send a new "
        "message."
    ),
    "moderation/LINK_MERCADOPAGO": (
        "Moderation refused it, for a link to Mercado Pago: rewrite it without the link and send a new message."
    ),
    "moderation/ML_LINKS_PAYPAL": (
        "Moderation refused it, for a payment link (PayPal or another): rewrite it without the link and send a new "
        "message."
    ),
    "moderation/EVASION_CLAIM_SELLER": (
        "Moderation refused it, for seeming to avoid a claim: rewrite it without asking that none be opened, or that "
        "it be closed, and send a new message."
    ),
    "moderation/unknown": "Moderation refused it ({reason}): reword it and send a new message.",
    "moderation/no_reason": (
        "Moderation refused it, without a reason: rewrite it without links or contact details and send a new message."
    ),
    # ---- What a seller reads in the browser while connecting an account.
    "connected_title": "Account connected",
    "connected": (
        "The account {nickname} ({seller_id}) is connected. From now on its questions and its messages after a sale "
        "reach Chatwoot. You may close this page."
    ),
    "not_connected_title": "The account was not connected",
    "one_step_left_title": "One step is left",
    "state_unknown": "This authorization link was already used or has expired. Open the connection link again: {link}",
    "authorization_denied": (
        "The authorization was not granted on Mercado Livre. If that was not intended, open the connection link and "
        "allow it: {link}"
    ),
    "authorization_failed": (
        "Mercado Livre did not authorize the account and said: “{words}”. If it happens again, whoever runs this "
        "installation should check the application in DevCenter. To try again, open: {link}"
    ),
    "operator_not_allowed": (
        "Whoever logged in to Mercado Livre is a collaborator of the account, and only its administrator can connect "
        "it. Log out of Mercado Livre, log in as the administrator and open this again: {link}"
    ),
    "code_expired": (
        "Mercado Livre did not accept the authorization code: it is good for ten minutes and only once. If it happens "
        "again, see whether identity data is pending in the Mercado Livre account, and ask whoever runs this "
        "installation to check the redirect URI in DevCenter: it must be exactly {redirect_uri}. To try again, open: "
        "{link}"
    ),
    "client_refused": (
        "Mercado Livre did not recognise the application ({words}). The App ID or the secret key that Ponte has is not "
        "the one in DevCenter: whoever runs this installation must set it again (python -m tools setup). Then open: "
        "{link}"
    ),
    "scopes_refused": (
        "Mercado Livre refused the scopes of the application ({words}). Whoever runs this installation must tick read, "
        "write and offline_access in DevCenter. Then open this again: {link}"
    ),
    "application_blocked": (
        "Mercado Livre does not let this application in ({words}): it is blocked or lacks permission. Whoever runs "
        "this installation finds the reason in DevCenter. Once that is mended, open this again: {link}"
    ),
    "code_refused": (
        "Mercado Livre refused the authorization code ({words}). Whoever runs this installation should check the "
        "secret key and the redirect URI ({redirect_uri}) in DevCenter. Then open this again: {link}"
    ),
    "not_ready_title": "Ponte does not answer yet",
    "not_ready": (
        "Ponte is not set up yet, or does not reach what it needs. Open the same link again in a minute. If it stays "
        "so, tell whoever runs this installation."
    ),
    "mercado_livre_away": "Mercado Livre did not answer. Wait a minute and open this again: {link}",
    "site_not_supported": (
        "The account {nickname} ({seller_id}) sells across borders (Global Selling), which Ponte does not support: "
        "nothing of it comes to Chatwoot. Connect the account of one country."
    ),
    "scopes_missing": (
        "Attention: the authorization came without {scopes}, so that Ponte will not work well, or will stop within "
        "hours. Whoever runs this installation must tick the scopes read, write and offline_access in DevCenter. Then "
        "connect the account again: {link}"
    ),
    "copy_the_address": (
        "The authorization was granted. Now copy the whole address of this page from the browser's address bar, and "
        "paste it into the terminal that asked for it. If no terminal asked, open: {link}"
    ),
    "site_unknown": (
        "“{called}” is not the code of a country of Mercado Livre. Use one of these in the address: {sites}. Or open: "
        "{link}"
    ),
    "desk_unknown": (
        "This installation has no desk “{called}”. Ask whoever runs it for the right link. If it was made just now, "
        "wait ten minutes."
    ),
    "not_invited": (
        "An account is connected by invitation, and this address carries none, or one that is not valid any more. Ask "
        "whoever runs this installation for a new link."
    ),
    "link_to_ask_for": "a connection link, which whoever runs this installation sends on request",
}

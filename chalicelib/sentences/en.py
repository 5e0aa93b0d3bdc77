"""What agents and sellers read in English.

A sentence says what happened, to what, and what to do next. Facts are named in braces, the same in every language.
"""

# `1.234,56` instead of `1,234.56`.
HAS_DECIMAL_COMMA = False

# As people write a moment, in the form of strftime.
MOMENT = "%Y-%m-%d %H:%M"

SENTENCES = {
    # ---- Replies that were not sent or that wait, whatever they reply to.
    "reply_forbidden": (
        "Not sent: Mercado Livre does not let this account reply ({words}). Check the application's permissions and "
        "the connected account."
    ),
    "reply_refused": "Not sent: Mercado Livre refused the message ({words}).",
    "not_a_mercado_livre_conversation": (
        "Not sent: this conversation does not come from Mercado Livre, so there is nobody to deliver to. Reply in the "
        "conversation that the question or the purchase opened."
    ),
    "reply_withdrawn": "Not sent: the message was deleted before it went out.",
    "reply_given_up": (
        "An error in the bridge kept the sending from being confirmed. Try again: before it sends, the bridge checks "
        "whether the reply has already arrived."
    ),
    "reason_not_taken": (
        "Not sent. Chatwoot, or a firewall before it, does not take the reason in writing. Write it differently, or "
        "reply on Mercado Livre."
    ),
    "reply_kept_out": (
        "Not sent: something before Mercado Livre, such as a firewall, refuses these words. Write it differently, or "
        "reply on Mercado Livre."
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
    "reply_waiting_for_login": (
        "The reply is in the queue, but the Mercado Livre account must be authorised again. An administrator of the "
        "account should open {link}; the reply then goes out by itself."
    ),
    # What stands there as if it was sent, and may not be
    "not_sendable/integrations": "Not sent: a video call. Only words and files go to the buyer.",
    "not_sendable/input_select": "Not sent: buttons to choose from. Only words and files go to the buyer.",
    "not_sendable/cards": "Not sent: cards. Only words and files go to the buyer.",
    "not_sendable/form": "Not sent: a form. Only words and files go to the buyer.",
    "not_sendable/article": "Not sent: articles of the help center. Only words and files go to the buyer.",
    "not_sendable/unknown": "Not sent: a message of the kind “{kind}”. Only words and files go to the buyer.",
    "not_sendable/no_writer": (
        "Not sent: nobody's. Chatwoot does not say who wrote it; if it is for the buyer, write it as yourself."
    ),
    # Commands
    "reply_is_command": (
        "Not sent: {command} is a command, and commands go into a private note. Switch to private note and write it "
        "again."
    ),
    "command_unknown": "There is no command {command}.",
    "command_given_up": (
        "The command failed for an unexpected error of the integration. Write it again and, if it fails again, tell "
        "whoever looks after it."
    ),
    "commands_title": "Commands that there are, in a private note (the buyer does not see them):",
    "command/ajuda": "shows this list",
    # ---- What agents read about questions: answers that were not published, the first message, the notes.
    # Answers that were not published
    "answer_empty": "Not sent: the answer has no text. Write it and send it again.",
    "answer_too_long": (
        "Not sent: the answer has {length} characters and Mercado Livre takes up to {limit}. Shorten it and send it "
        "again."
    ),
    "answer_with_attachment": (
        "Not sent: Mercado Livre takes no attachments in answers to questions, and the text was not sent either. Send "
        "the text alone."
    ),
    "question_already_answered": (
        "Not sent: this question has already been answered, and Mercado Livre takes one answer a question."
    ),
    "question_gone": "Not sent: the question was deleted and can no longer be answered.",
    "question_banned": "Not sent: Mercado Livre removed the question, which can no longer be answered.",
    "question_closed": "Not sent: the question was closed unanswered and can no longer be answered.",
    "question_under_review": (
        "Not sent: Mercado Livre is reviewing the question. Try again once it is released; a note here will say so."
    ),
    "item_not_active": "Not sent: the listing is not active. Reactivate it on Mercado Livre and try again.",
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
    "answer_removed": "Mercado Livre removed the published answer. The question cannot be answered again.",
    "answer_removed_because": (
        "Mercado Livre removed the published answer: {reason} The question cannot be answered again."
    ),
    # Listing states
    "item_active": "active",
    "item_paused": "paused",
    "item_closed": "closed",
    "item_under_review": "under review",
    "item_inactive": "inactive",
    # ---- What agents read about sales: replies that were not sent, the note of the sale, the marks under messages.
    # Replies that were not sent
    "message_empty": "Not sent: the message is empty. Write a text and send it again.",
    "message_unsendable": (
        "Not sent: Mercado Livre's messages do not take some characters of this text ({characters}). Remove them and "
        "send it again."
    ),
    "message_too_long_for_agent": (
        "Not sent: this conversation goes through Mercado Livre's assistant, which takes one message at a time, of up "
        "to {limit} characters, and yours has {length}. Shorten the text and send it again."
    ),
    "message_too_long": (
        "Not sent: the message has {length} characters; even split into parts, the most is {limit}. Shorten the text "
        "and send it again."
    ),
    "message_not_taken": (
        "Not sent: Mercado Livre did not take the message after many tries. Try again later, or reply on Mercado Livre."
    ),
    "recipient_unknown": (
        "Not sent: Mercado Livre does not show to whom the reply must go. Try again later or reply on Mercado Livre: "
        "{link}"
    ),
    "conversation_state_unknown": (
        "Not sent: Mercado Livre did not say whether this conversation is open. Try again in a few minutes."
    ),
    "conversation_blocked": "Not sent. {reason}",
    "mediation_open": (
        "Not sent: a mediation is under way in this sale. Talk to the buyer in the claim, on Mercado Livre."
    ),
    "full_not_delivered": (
        "Not sent: this sale ships through Full, and Mercado Livre takes messages only after delivery. Send it again "
        "once the package has been delivered."
    ),
    "receiver_not_in_order": (
        "Not sent: to Mercado Livre, the recipient is not part of this sale. Try again; if it still fails, reply in "
        "the sale, on Mercado Livre."
    ),
    "sale_not_ours": (
        "Not sent: the connected account may not write in this sale. Check on Mercado Livre whether the sale belongs "
        "to this account."
    ),
    "wrong_recipient": (
        "Not sent: Mercado Livre did not take the recipient of the message. Try again; if it still fails, reply in the "
        "sale, on Mercado Livre."
    ),
    "charset_refused": (
        "Not sent: Mercado Livre did not take some character of the message ({characters}). Remove the emojis and "
        "symbols and send it again."
    ),
    "length_refused": (
        "Not sent: Mercado Livre refused the length of the message ({words}). Shorten the text and send it again."
    ),
    "buyer_gone": "Not sent: the buyer's Mercado Livre account was deactivated. The buyer can no longer be written to.",
    "message_parts_sent": "Parts sent: {sent} of {total}. {reason} Trying again sends only what is missing.",
    # Files of a reply
    "file_too_large": (
        "Not sent: the file {name} is over {limit_mb} MB, the most that Mercado Livre takes. Attach a smaller file and "
        "send again."
    ),
    "attachment_without_file": (
        "Not sent: the attachment is no file (a contact or a location, for example). Write it as text."
    ),
    "file_type_refused": (
        "Not sent: Mercado Livre does not take files such as {name}. Send JPG, PNG, PDF or TXT, of up to 25 MB each."
    ),
    "files_too_many": (
        "Not sent: the message has {count} attachments and Mercado Livre takes up to {limit}. Split them over more "
        "than one message."
    ),
    "file_unavailable": "Not sent: Chatwoot did not hand over the file {name}. Attach it to a new message and send it.",
    "file_empty": "Not sent: the file {name} is empty. Check the file and attach it to a new message.",
    "file_refused": "Not sent: Mercado Livre refused the file {name} ({words}). Try another file.",
    "file_expired_again": (
        "Not sent: Mercado Livre dropped the attachments before the message went out. Try again; if it still fails, "
        "attach them to a new message."
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
    # stands alone in a private note, and after `conversation_blocked` where a reply was not sent.
    # https://developers.mercadolivre.com.br/pt_br/mensagens-bloqueadas
    "blocked/blocked_by_time": (
        "It has been 30 days since the last message, and Mercado Livre closed the conversation. It reopens only if the "
        "buyer writes."
    ),
    "blocked/blocked_by_buyer": (
        "The buyer blocked the messages of this sale. Only the buyer can reopen the conversation."
    ),
    "blocked/blocked_by_mediation": (
        "A mediation is under way in this sale. While it lasts, talk to the buyer in the claim, on Mercado Livre."
    ),
    # Mercado Livre writes it both ways.
    "blocked/bloqued_by_mediation": (
        "A mediation is under way in this sale. While it lasts, talk to the buyer in the claim, on Mercado Livre."
    ),
    "blocked/blocked_by_mediation_fbm": (
        "A mediation is under way in this Full sale. While it lasts, follow the claim on Mercado Livre."
    ),
    "blocked/blocked_by_fulfillment": (
        "This sale ships through Full, and Mercado Livre opens its messages only after delivery. Reply once the "
        "package has been delivered."
    ),
    "blocked/blocked_by_payment": (
        "The payment of this sale is not confirmed yet. Mercado Livre opens the conversation as soon as it is; reply a "
        "little later."
    ),
    "blocked/blocked_by_conversation_initiated_by_seller": (
        "This purchase is of groceries only, and in it the seller may not begin the conversation. Wait for the buyer "
        "to write."
    ),
    "blocked/blocked_by_conversation_initiated_by_seller_limited": (
        "In this sale, Mercado Livre does not let the seller write first. Wait for the buyer to write, or use the "
        "contact options of the sale, on Mercado Livre."
    ),
    # https://developers.mercadolibre.com.ar/es_ar/motivos-para-comunicarse names it so.
    "blocked/blocked_by_conversation_started_by_seller": (
        "In this sale, Mercado Livre does not let the seller write first. Wait for the buyer to write, or use the "
        "contact options of the sale, on Mercado Livre."
    ),
    "blocked/blocked_by_conversation_use_message_api": (
        "The buyer has already begun this conversation, and Mercado Livre takes only replies to that message. Try "
        "again; if that fails, reply in the sale, on Mercado Livre."
    ),
    "blocked/blocked_by_cancelled_order": (
        "The sale was cancelled, and Mercado Livre closed the conversation. The buyer can no longer be written to."
    ),
    "blocked/blocked_by_cancelled_order_by_fraud": (
        "The sale was cancelled for irregular activity, and Mercado Livre closed the conversation. The buyer can no "
        "longer be written to."
    ),
    "blocked/blocked_by_fraud": (
        "Mercado Livre closed this conversation for irregular activity. The buyer can no longer be written to; see the "
        "details in the sale, on Mercado Livre."
    ),
    "blocked/blocked_by_cancelled_order_hidden": (
        "The purchase was never processed and was cancelled. Only the buyer still sees it, who cannot be written to."
    ),
    "blocked/blocked_by_hidden": (
        "Mercado Livre hid this sale and closed the conversation. The buyer cannot be written to."
    ),
    "blocked/blocked_by_conversation_expired": (
        "It has been 18 months since the purchase, and Mercado Livre ended the conversation. The buyer can no longer "
        "be written to."
    ),
    "blocked/blocked_by_refund": (
        "The sale was refunded, in full or in part, and Mercado Livre closed the conversation. It reopens only if the "
        "buyer writes."
    ),
    "blocked/blocked_by_claim_change_open": (
        "A product exchange is under way in this sale. While it lasts, follow the claim on Mercado Livre."
    ),
    # Mercado Livre describes it with the words of `blocked_by_claim_change_open`, so this says neither open nor closed.
    "blocked/blocked_by_claim_change_closed": (
        "Mercado Livre closed this conversation because of a product exchange. Follow the exchange in the sale, on "
        "Mercado Livre."
    ),
    "blocked/blocked_by_deactivated_account": (
        "The buyer's or the seller's Mercado Livre account was deleted. This conversation can no longer be written in."
    ),
    "blocked/blocked_by_restrictions": (
        "The buyer's or the seller's account is restricted. Check on Mercado Livre whether yours has anything pending."
    ),
    "blocked/blocked_by_message_pending_review": (
        "Mercado Livre is reviewing the messages of this conversation. Reply once the review is over."
    ),
    "blocked/blocked_by_return_to_buyer_fulfillment": (
        "Full inspected the returned product and will send it back to the buyer, and Mercado Livre closed the "
        "conversation. Follow the return on Mercado Livre."
    ),
    "blocked/blocked_by_guest_shops": (
        "The buyer bought on Mercado Shops as a guest and gets no messages through Mercado Livre. See in the sale "
        "whether there is another way to reach them."
    ),
    "blocked/blocked_by_ai_assistant": (
        "Mercado Livre's assistant is attending to the buyer in this sale, and the seller may not write for now. There "
        "is nothing to do until the conversation is opened."
    ),
    "blocked/blocked_by_ai_assistant_expired": (
        "The time for this conversation with Mercado Livre's assistant is over. It can no longer be replied to; follow "
        "the sale on Mercado Livre."
    ),
    "blocked/blocked_by_ai_assistant_contact_closed": (
        "Mercado Livre's assistant closed the buyer's inquiry. No reply is needed."
    ),
    "blocked/block_by_ai_assistant_initiated_by_seller_expired": (
        "The time for the conversation that the seller began with Mercado Livre's assistant is over. It can no longer "
        "be written in; follow the sale on Mercado Livre."
    ),
    "blocked/blocked_by_resale": (
        "Mercado Livre offers no messages in this sale because it includes a resold product. Follow the sale on "
        "Mercado Livre."
    ),
    "blocked/blocked_by_proximity_groceries": (
        "Mercado Livre offers no messages in grocery purchases with immediate delivery. Follow the sale on Mercado "
        "Livre."
    ),
    "blocked/unknown": "Mercado Livre blocked this conversation ({substatus}). See why in the sale, on Mercado Livre.",
    "blocked/released": "Mercado Livre opened this conversation again. It can be replied to now.",
    # ---- Why Mercado Livre's moderation kept a message from the buyer, by the `reason` of `message_moderation`.
    # https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
    "moderation/OUT_OF_PLACE_LANGUAGE": (
        "Not delivered: Mercado Livre's moderation refused the message because it found the language inappropriate. "
        "Reword it and send a new message."
    ),
    "moderation/SOCIAL_NETWORK_LINK": (
        "Not delivered: Mercado Livre's moderation refused the message because it leads to a social network. Rewrite "
        "it without the link or the profile and send a new message."
    ),
    "moderation/LINK_SHORT_URL": (
        "Not delivered: Mercado Livre's moderation refused the message because it has a shortened link. Use the full "
        "address and send a new message."
    ),
    "moderation/AUTOMATIC_MESSAGE": (
        "Not delivered: Mercado Livre's moderation refused the message because it looks automatic. Write it in your "
        "own words, for this buyer, and send a new message."
    ),
    "moderation/PERSONAL_DATA": (
        "Not delivered: Mercado Livre's moderation refused the message because it has personal data (phone, e-mail, "
        "address…). Rewrite it without them and send a new message."
    ),
    "moderation/LINK_MERCADOPAGO": (
        "Not delivered: Mercado Livre's moderation refused the message because it has a link to Mercado Pago. Rewrite "
        "it without the link and send a new message."
    ),
    "moderation/ML_LINKS_PAYPAL": (
        "Not delivered: Mercado Livre's moderation refused the message because it has a payment link, such as "
        "PayPal's. Rewrite it without the link and send a new message."
    ),
    "moderation/EVASION_CLAIM_SELLER": (
        "Not delivered: Mercado Livre's moderation refused the message because it seems to ask the buyer not to open a "
        "claim, or to close one. Rewrite it without that and send a new message."
    ),
    "moderation/unknown": (
        "Not delivered: Mercado Livre's moderation refused the message ({reason}). Reword it and send a new message."
    ),
    "moderation/no_reason": (
        "Not delivered: Mercado Livre's moderation refused the message and did not say why. Rewrite it without links "
        "or contact details and send a new message."
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
    "mercado_livre_away": "Mercado Livre did not answer. Wait a minute and open this again: {link}",
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
}

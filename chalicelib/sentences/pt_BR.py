"""What agents and sellers read in Brazilian Portuguese.

A sentence says what happened, to what, and what to do next. Facts are named in braces, the same in every language.
"""

# `1.234,56` instead of `1,234.56`.
HAS_DECIMAL_COMMA = True

# As people write a moment, in the form of strftime.
MOMENT = "%d/%m/%Y %H:%M"

SENTENCES = {
    # ---- Replies that were not sent or that wait, whatever they reply to.
    "reply_forbidden": (
        "Não enviada: o Mercado Livre não permite que esta conta responda ({words}). Verifique as permissões do "
        "aplicativo e a conta conectada."
    ),
    "reply_refused": "Não enviada: o Mercado Livre recusou a mensagem ({words}).",
    "not_a_mercado_livre_conversation": (
        "Não enviada: esta conversa não veio do Mercado Livre, então não há a quem entregar. Responda na conversa "
        "aberta pela pergunta ou pela compra."
    ),
    "reply_withdrawn": "Não enviada: a mensagem foi excluída antes de sair.",
    "reply_given_up": (
        "Não foi possível confirmar o envio por um erro da ponte. Tente de novo: antes de enviar, a ponte verifica se "
        "a resposta já chegou."
    ),
    "reason_not_taken": (
        "Não enviada. O Chatwoot, ou um firewall antes dele, não aceita o motivo por escrito. Escreva de outra forma "
        "ou responda no Mercado Livre."
    ),
    "reply_kept_out": (
        "Não enviada: algo antes do Mercado Livre, como um firewall, recusa estas palavras. Escreva de outra forma ou "
        "responda no Mercado Livre."
    ),
    "reply_not_sent_note": "Sua mensagem “{excerpt}” não chegou ao comprador. {reason}",
    "reply_erased": (
        "Os dados desta conversa foram apagados da ponte a pedido do comprador; não se sabe mais se esta mensagem "
        "chegou a ele, e ela não será enviada de novo. Se for preciso, escreva uma nova."
    ),
    "reply_waiting": (
        "A resposta ainda não pôde ser entregue. Ela continua na fila e será enviada assim que possível; não envie de "
        "novo."
    ),
    "reply_waiting_for_login": (
        "A resposta está na fila, mas a conta do Mercado Livre precisa ser autorizada de novo. Um administrador da "
        "conta deve abrir {link}; depois disso a resposta segue sozinha."
    ),
    # What stands there as if it was sent, and may not be
    "not_sendable/integrations": "Não enviada: videochamada. Ao comprador só vão textos e arquivos.",
    "not_sendable/input_select": "Não enviada: botões de escolha. Ao comprador só vão textos e arquivos.",
    "not_sendable/cards": "Não enviada: cartões. Ao comprador só vão textos e arquivos.",
    "not_sendable/form": "Não enviada: formulário. Ao comprador só vão textos e arquivos.",
    "not_sendable/article": "Não enviada: artigos da central de ajuda. Ao comprador só vão textos e arquivos.",
    "not_sendable/unknown": "Não enviada: mensagem do tipo “{kind}”. Ao comprador só vão textos e arquivos.",
    "not_sendable/no_writer": (
        "Não enviada: sem autor. O Chatwoot não diz quem a escreveu; se for para o comprador, escreva-a com "
        "seu usuário."
    ),
    # Commands
    "reply_is_command": (
        "Não enviada: {command} é um comando, e comandos vão em nota privada. Mude para nota privada e escreva de novo."
    ),
    "command_unknown": "O comando {command} não existe.",
    "command_given_up": (
        "O comando falhou por um erro inesperado da integração. Escreva-o de novo e, se voltar a falhar, avise quem "
        "cuida dela."
    ),
    "commands_title": "Comandos que existem, em nota privada (o comprador não os vê):",
    "command/ajuda": "mostra esta lista",
    # ---- What agents read about questions: answers that were not published, the first message, the notes.
    # Answers that were not published
    "answer_empty": "Não enviada: a resposta não tem texto. Escreva a resposta e envie de novo.",
    "answer_too_long": (
        "Não enviada: a resposta tem {length} caracteres e o Mercado Livre aceita até {limit}. Encurte o texto e envie "
        "de novo."
    ),
    "answer_with_attachment": (
        "Não enviada: o Mercado Livre não aceita anexos em respostas a perguntas, e o texto também não foi enviado. "
        "Envie só o texto."
    ),
    "question_already_answered": (
        "Não enviada: esta pergunta já foi respondida, e o Mercado Livre aceita uma só resposta por pergunta."
    ),
    "question_gone": "Não enviada: a pergunta foi excluída e não pode mais ser respondida.",
    "question_banned": "Não enviada: o Mercado Livre removeu a pergunta, que não pode mais ser respondida.",
    "question_closed": "Não enviada: a pergunta foi encerrada sem resposta e não pode mais ser respondida.",
    "question_under_review": (
        "Não enviada: o Mercado Livre está analisando a pergunta. Tente de novo quando ela for liberada; avisaremos "
        "aqui."
    ),
    "item_not_active": "Não enviada: o anúncio não está ativo. Reative o anúncio no Mercado Livre e tente de novo.",
    # The first message and the notes of a question
    "question_text_removed": "[O texto da pergunta foi removido pelo Mercado Livre]",
    "listing": "Anúncio: {title}",
    "note_UNDER_REVIEW": (
        "O Mercado Livre está analisando esta pergunta. Ainda não é possível responder; avisaremos aqui quando for "
        "liberada."
    ),
    "note_UNANSWERED": "A pergunta foi liberada e já pode ser respondida.",
    "note_BANNED": "O Mercado Livre removeu esta pergunta. Ela não pode mais ser respondida.",
    "note_DELETED": "Esta pergunta foi excluída no Mercado Livre. Ela não pode mais ser respondida.",
    "note_DISABLED": "Esta pergunta foi desativada no Mercado Livre. Ela não pode mais ser respondida.",
    "note_CLOSED_UNANSWERED": "Esta pergunta foi encerrada sem resposta. Ela não pode mais ser respondida.",
    "note_unknown_state": "O Mercado Livre mudou o estado desta pergunta para {state}.",
    "answer_removed": "O Mercado Livre removeu a resposta publicada. A pergunta não pode ser respondida de novo.",
    "answer_removed_because": (
        "O Mercado Livre removeu a resposta publicada: {reason} A pergunta não pode ser respondida de novo."
    ),
    # Listing states
    "item_active": "ativo",
    "item_paused": "pausado",
    "item_closed": "finalizado",
    "item_under_review": "em análise",
    "item_inactive": "inativo",
    # ---- What agents read about sales: replies that were not sent, the note of the sale, the marks under messages.
    # Replies that were not sent
    "message_empty": "Não enviada: a mensagem está vazia. Escreva um texto e envie de novo.",
    "message_unsendable": (
        "Não enviada: as mensagens do Mercado Livre não aceitam alguns caracteres deste texto ({characters}). "
        "Retire-os e envie de novo."
    ),
    "message_too_long_for_agent": (
        "Não enviada: esta conversa passa pelo assistente do Mercado Livre, que recebe uma mensagem por vez, de até "
        "{limit} caracteres, e a sua tem {length}. Encurte o texto e envie de novo."
    ),
    "message_too_long": (
        "Não enviada: a mensagem tem {length} caracteres; mesmo dividida em partes, o máximo é {limit}. Encurte o "
        "texto e envie de novo."
    ),
    "message_not_taken": (
        "Não enviada: o Mercado Livre não aceitou a mensagem depois de muitas tentativas. Tente de novo mais tarde ou "
        "responda no Mercado Livre."
    ),
    "recipient_unknown": (
        "Não enviada: o Mercado Livre não mostra a quem a resposta deve ir. Tente de novo mais tarde ou responda no "
        "Mercado Livre: {link}"
    ),
    "conversation_state_unknown": (
        "Não enviada: o Mercado Livre não informou se esta conversa está aberta. Tente de novo em alguns minutos."
    ),
    "conversation_blocked": "Não enviada. {reason}",
    "mediation_open": (
        "Não enviada: há uma mediação em andamento nesta venda. Fale com o comprador na reclamação, no Mercado Livre."
    ),
    "full_not_delivered": (
        "Não enviada: esta venda é enviada pelo Full, e o Mercado Livre só aceita mensagens depois da entrega. Envie "
        "de novo quando o pacote for entregue."
    ),
    "receiver_not_in_order": (
        "Não enviada: para o Mercado Livre, o destinatário não faz parte desta venda. Tente de novo; se o erro "
        "continuar, responda na venda, no Mercado Livre."
    ),
    "sale_not_ours": (
        "Não enviada: a conta conectada não pode escrever nesta venda. Verifique no Mercado Livre se a venda é desta "
        "conta."
    ),
    "wrong_recipient": (
        "Não enviada: o Mercado Livre não aceitou o destinatário da mensagem. Tente de novo; se o erro continuar, "
        "responda na venda, no Mercado Livre."
    ),
    "charset_refused": (
        "Não enviada: o Mercado Livre não aceitou algum caractere da mensagem ({characters}). Retire os emojis e os "
        "símbolos e envie de novo."
    ),
    "length_refused": (
        "Não enviada: o Mercado Livre recusou o tamanho da mensagem ({words}). Encurte o texto e envie de novo."
    ),
    "buyer_gone": (
        "Não enviada: a conta do comprador no Mercado Livre foi desativada. Não é mais possível escrever a ele."
    ),
    "message_parts_sent": "Partes enviadas: {sent} de {total}. {reason} Tentar de novo envia só o que falta.",
    # Files of a reply
    "file_too_large": (
        "Não enviada: o arquivo {name} passa de {limit_mb} MB, o máximo no Mercado Livre. Anexe um arquivo menor e "
        "envie de novo."
    ),
    "attachment_without_file": (
        "Não enviada: o anexo não é um arquivo (um contato ou uma localização, por exemplo). Escreva-o como texto."
    ),
    "file_type_refused": (
        "Não enviada: o Mercado Livre não aceita arquivos como {name}. Envie JPG, PNG, PDF ou TXT, de até 25 MB cada."
    ),
    "files_too_many": (
        "Não enviada: a mensagem tem {count} anexos e o Mercado Livre aceita até {limit}. Divida-os em mais de uma "
        "mensagem."
    ),
    "file_unavailable": "Não enviada: o Chatwoot não entregou o arquivo {name}. Anexe-o em uma nova mensagem e envie.",
    "file_empty": "Não enviada: o arquivo {name} está vazio. Confira o arquivo e anexe-o em uma nova mensagem.",
    "file_refused": "Não enviada: o Mercado Livre recusou o arquivo {name} ({words}). Tente com outro arquivo.",
    "file_expired_again": (
        "Não enviada: o Mercado Livre descartou os anexos antes de a mensagem sair. Tente de novo; se o erro "
        "continuar, anexe-os em uma nova mensagem."
    ),
    # The note of a sale
    "sale_note_title": "Venda no Mercado Livre",
    "sale_items_line": "{quantity} × {title}",
    "sale_total": "Total: {amount}",
    "sale_state": "Venda: {state}",
    "sale_payment": "Pagamento: {state}",
    "sale_shipment": "Envio: {state}",
    "sale_tracking": "Código de rastreamento: {number}",
    "sale_order": "Pedido: {number}",
    "sale_pack": "Carrinho: {number}",
    "sale_more_orders": "e mais {count} no mesmo carrinho",
    "sale_link": "[Ver a venda no Mercado Livre]({link})",
    "sale_unreadable": "Não foi possível ler os dados desta venda. [Veja a venda no Mercado Livre]({link})",
    # States of an order; they agree with "venda" and "venta"
    "order_confirmed": "confirmada",
    "order_payment_required": "aguardando o pagamento",
    "order_payment_in_process": "pagamento em processamento",
    "order_partially_paid": "paga em parte",
    "order_paid": "paga",
    "order_partially_refunded": "reembolsada em parte",
    "order_pending_cancel": "em cancelamento",
    "order_cancelled": "cancelada",
    "order_invalid": "inválida",
    # States of a payment
    "payment_approved": "aprovado",
    "payment_pending": "pendente",
    "payment_in_process": "em processamento",
    "payment_authorized": "autorizado",
    "payment_in_mediation": "em mediação",
    "payment_rejected": "recusado",
    "payment_cancelled": "cancelado",
    "payment_refunded": "reembolsado",
    "payment_charged_back": "estornado por contestação",
    # States of a shipment
    "shipment_to_be_agreed": "a combinar com o comprador",
    "shipment_pending": "pendente",
    "shipment_handling": "em preparação",
    "shipment_ready_to_ship": "pronto para enviar",
    "shipment_shipped": "a caminho",
    "shipment_delivered": "entregue",
    "shipment_not_delivered": "não entregue",
    "shipment_cancelled": "cancelado",
    "shipment_none": "sem envio",
    # In place of a message's text
    "message_without_text": "[mensagem sem texto]",
    "message_text_withheld": "[texto não exibido pelo Mercado Livre: {status}]",
    # Under a message
    "written_when": "Escrito no Mercado Livre em {moment}",
    "marker_pending": "Em análise pela moderação do Mercado Livre",
    "marker_pending_translation": "Aguardando a tradução do Mercado Livre",
    "marker_moderated_buyer": "Mensagem do comprador recusada pela moderação do Mercado Livre",
    "marker_unknown_status": "Estado no Mercado Livre: {status}",
    "attachment_threat": (
        "O arquivo {name} não foi trazido: o Mercado Livre o marcou como possível ameaça. Se precisar dele, veja-o com "
        "cuidado na venda: {link}"
    ),
    "attachment_too_large": (
        "O arquivo {name} ({megabytes} MB) é grande demais para ser trazido. Veja-o na venda: {link}"
    ),
    "attachment_missing": "O Mercado Livre não entregou o arquivo {name}. Veja se ele abre na venda: {link}",
    "attachment_not_taken_by_chatwoot": "O Chatwoot não aceitou o arquivo {name}. Veja-o na venda: {link}",
    "words_not_taken": (
        "[O Chatwoot, ou um firewall antes dele, não aceita o que deveria estar aqui. Veja no Mercado Livre: {link}]"
    ),
    "note_not_taken": "O Chatwoot, ou um firewall antes dele, não aceita uma nota que deveria estar aqui.",
    "thread_not_shown": (
        "O Mercado Livre não mostra esta conversa à Ponte ({words}). O que o comprador escrever não chega "
        "aqui até que volte a mostrar; a Ponte tenta de tempos em tempos. Veja nas páginas do Mercado Livre. "
        "{link}"
    ),
    "thread_shown_again": (
        "O Mercado Livre voltou a mostrar esta conversa. O que foi escrito nesse meio-tempo já está aqui."
    ),
    # Notes about messages
    "note_message_released": "A moderação do Mercado Livre liberou a mensagem “{excerpt}”.",
    "note_message_moderated": "Mensagem escrita no Mercado Livre, “{excerpt}”. {reason}",
    "agent_thread_deadline": (
        "Esta conversa passa pelo assistente de mensagens do Mercado Livre. Envie uma mensagem por vez, de até {limit} "
        "caracteres. O prazo para resolver é de 48 horas úteis: responda até {deadline} (sem contar feriados). Depois "
        "dele, o Mercado Livre bloqueia a conversa."
    ),
    # ---- Why Mercado Livre blocks the conversation of a sale, by the `substatus` of `conversation_status`. Each one
    # stands alone in a private note, and after `conversation_blocked` where a reply was not sent.
    # https://developers.mercadolivre.com.br/pt_br/mensagens-bloqueadas
    "blocked/blocked_by_time": (
        "Passaram-se 30 dias desde a última mensagem, e o Mercado Livre fechou a conversa. Ela só reabre se o "
        "comprador escrever."
    ),
    "blocked/blocked_by_buyer": "O comprador bloqueou as mensagens desta venda. Só ele pode reabrir a conversa.",
    "blocked/blocked_by_mediation": (
        "Há uma mediação em andamento nesta venda. Enquanto ela durar, fale com o comprador na reclamação, no Mercado "
        "Livre."
    ),
    # Mercado Livre writes it both ways.
    "blocked/bloqued_by_mediation": (
        "Há uma mediação em andamento nesta venda. Enquanto ela durar, fale com o comprador na reclamação, no Mercado "
        "Livre."
    ),
    "blocked/blocked_by_mediation_fbm": (
        "Há uma mediação em andamento nesta venda do Full. Enquanto ela durar, acompanhe a reclamação no Mercado Livre."
    ),
    "blocked/blocked_by_fulfillment": (
        "Esta venda é enviada pelo Full, e o Mercado Livre só libera as mensagens depois da entrega. Responda quando o "
        "pacote for entregue."
    ),
    "blocked/blocked_by_payment": (
        "O pagamento desta venda ainda não foi confirmado. O Mercado Livre libera a conversa assim que isso acontecer; "
        "responda um pouco mais tarde."
    ),
    "blocked/blocked_by_conversation_initiated_by_seller": (
        "Esta compra é só de produtos de supermercado, e nela o vendedor não pode começar a conversa. Espere o "
        "comprador escrever."
    ),
    "blocked/blocked_by_conversation_initiated_by_seller_limited": (
        "Nesta venda, o Mercado Livre não deixa o vendedor começar a conversa com uma mensagem livre. Espere o "
        "comprador escrever ou use as opções de contato da venda, no Mercado Livre."
    ),
    # https://developers.mercadolibre.com.ar/es_ar/motivos-para-comunicarse names it so.
    "blocked/blocked_by_conversation_started_by_seller": (
        "Nesta venda, o Mercado Livre não deixa o vendedor começar a conversa com uma mensagem livre. Espere o "
        "comprador escrever ou use as opções de contato da venda, no Mercado Livre."
    ),
    "blocked/blocked_by_conversation_use_message_api": (
        "O comprador já começou esta conversa, e o Mercado Livre só aceita respostas à mensagem dele. Tente de novo; "
        "se não der certo, responda na venda, no Mercado Livre."
    ),
    "blocked/blocked_by_cancelled_order": (
        "A venda foi cancelada, e o Mercado Livre fechou a conversa. Não é mais possível escrever ao comprador."
    ),
    "blocked/blocked_by_cancelled_order_by_fraud": (
        "A venda foi cancelada por atividade irregular, e o Mercado Livre fechou a conversa. Não é mais possível "
        "escrever ao comprador."
    ),
    "blocked/blocked_by_fraud": (
        "O Mercado Livre fechou esta conversa por atividade irregular. Não é mais possível escrever ao comprador; veja "
        "os detalhes na venda, no Mercado Livre."
    ),
    "blocked/blocked_by_cancelled_order_hidden": (
        "A compra não chegou a ser processada e foi cancelada. Só o comprador ainda a vê, e não é possível escrever a "
        "ele."
    ),
    "blocked/blocked_by_hidden": (
        "O Mercado Livre ocultou esta venda e fechou a conversa. Não é possível escrever ao comprador."
    ),
    "blocked/blocked_by_conversation_expired": (
        "Passaram-se 18 meses desde a compra, e o Mercado Livre encerrou a conversa. Não é mais possível escrever ao "
        "comprador."
    ),
    "blocked/blocked_by_refund": (
        "A venda foi reembolsada, no todo ou em parte, e o Mercado Livre fechou a conversa. Ela só reabre se o "
        "comprador escrever."
    ),
    "blocked/blocked_by_claim_change_open": (
        "Há uma troca de produto em andamento nesta venda. Enquanto ela durar, acompanhe a reclamação no Mercado Livre."
    ),
    # Mercado Livre describes it with the words of `blocked_by_claim_change_open`, so this says neither open nor closed.
    "blocked/blocked_by_claim_change_closed": (
        "O Mercado Livre fechou esta conversa por causa de uma troca de produto. Acompanhe a troca na venda, no "
        "Mercado Livre."
    ),
    "blocked/blocked_by_deactivated_account": (
        "A conta do comprador ou a do vendedor foi excluída do Mercado Livre. Não é mais possível escrever nesta "
        "conversa."
    ),
    "blocked/blocked_by_restrictions": (
        "Há uma restrição na conta do comprador ou na do vendedor. Verifique no Mercado Livre se a sua conta tem "
        "alguma pendência."
    ),
    "blocked/blocked_by_message_pending_review": (
        "O Mercado Livre está analisando as mensagens desta conversa. Responda quando a análise terminar."
    ),
    "blocked/blocked_by_return_to_buyer_fulfillment": (
        "O Full revisou o produto devolvido e vai mandá-lo de volta ao comprador, e o Mercado Livre fechou a conversa. "
        "Acompanhe a devolução no Mercado Livre."
    ),
    "blocked/blocked_by_guest_shops": (
        "O comprador comprou no Mercado Shops sem se cadastrar e não recebe mensagens pelo Mercado Livre. Veja na "
        "venda se há outra forma de contato."
    ),
    "blocked/blocked_by_ai_assistant": (
        "O assistente do Mercado Livre está atendendo o comprador nesta venda, e o vendedor não pode escrever por "
        "enquanto. Nada a fazer até que a conversa seja liberada."
    ),
    "blocked/blocked_by_ai_assistant_expired": (
        "O prazo desta conversa com o assistente do Mercado Livre terminou. Não é mais possível responder; acompanhe a "
        "venda no Mercado Livre."
    ),
    "blocked/blocked_by_ai_assistant_contact_closed": (
        "O assistente do Mercado Livre deu a consulta do comprador por encerrada. Não é preciso responder."
    ),
    "blocked/block_by_ai_assistant_initiated_by_seller_expired": (
        "O prazo da conversa que o vendedor começou com o assistente do Mercado Livre terminou. Não é mais possível "
        "escrever nela; acompanhe a venda no Mercado Livre."
    ),
    "blocked/blocked_by_resale": (
        "O Mercado Livre não oferece mensagens nesta venda porque ela inclui um produto de revenda. Acompanhe a venda "
        "no Mercado Livre."
    ),
    "blocked/blocked_by_proximity_groceries": (
        "O Mercado Livre não oferece mensagens em compras de supermercado com entrega imediata. Acompanhe a venda no "
        "Mercado Livre."
    ),
    "blocked/unknown": (
        "O Mercado Livre bloqueou esta conversa ({substatus}). Veja o motivo na venda, no Mercado Livre."
    ),
    "blocked/released": "O Mercado Livre liberou esta conversa. Já é possível responder.",
    # ---- Why Mercado Livre's moderation kept a message from the buyer, by the `reason` of `message_moderation`.
    # https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
    "moderation/OUT_OF_PLACE_LANGUAGE": (
        "Não entregue: a moderação do Mercado Livre recusou a mensagem porque considerou a linguagem inadequada. "
        "Reescreva em outro tom e envie uma nova mensagem."
    ),
    "moderation/SOCIAL_NETWORK_LINK": (
        "Não entregue: a moderação do Mercado Livre recusou a mensagem porque ela leva a uma rede social. Reescreva "
        "sem o link nem o perfil e envie uma nova mensagem."
    ),
    "moderation/LINK_SHORT_URL": (
        "Não entregue: a moderação do Mercado Livre recusou a mensagem porque ela traz um link encurtado. Use o "
        "endereço completo e envie uma nova mensagem."
    ),
    "moderation/AUTOMATIC_MESSAGE": (
        "Não entregue: a moderação do Mercado Livre recusou a mensagem porque ela parece automática. Escreva com suas "
        "palavras, para este comprador, e envie uma nova mensagem."
    ),
    "moderation/PERSONAL_DATA": (
        "Não entregue: a moderação do Mercado Livre recusou a mensagem porque ela traz dados pessoais (telefone, "
        "e-mail, endereço…). Reescreva sem eles e envie uma nova mensagem."
    ),
    "moderation/LINK_MERCADOPAGO": (
        "Não entregue: a moderação do Mercado Livre recusou a mensagem porque ela traz um link do Mercado Pago. "
        "Reescreva sem ele e envie uma nova mensagem."
    ),
    "moderation/ML_LINKS_PAYPAL": (
        "Não entregue: a moderação do Mercado Livre recusou a mensagem porque ela traz um link de pagamento, como os "
        "do PayPal. Reescreva sem ele e envie uma nova mensagem."
    ),
    "moderation/EVASION_CLAIM_SELLER": (
        "Não entregue: a moderação do Mercado Livre recusou a mensagem porque ela parece pedir ao comprador que não "
        "abra uma reclamação ou que a encerre. Reescreva sem isso e envie uma nova mensagem."
    ),
    "moderation/unknown": (
        "Não entregue: a moderação do Mercado Livre recusou a mensagem ({reason}). Reescreva-a e envie uma nova "
        "mensagem."
    ),
    "moderation/no_reason": (
        "Não entregue: a moderação do Mercado Livre recusou a mensagem e não disse o motivo. Reescreva-a sem links nem "
        "dados de contato e envie uma nova mensagem."
    ),
    # ---- What a seller reads in the browser while connecting an account.
    "connected_title": "Conta conectada",
    "connected": (
        "A conta {nickname} ({seller_id}) está conectada. A partir de agora, as perguntas e as mensagens de pós-venda "
        "dela chegam ao Chatwoot. Você pode fechar esta página."
    ),
    "not_connected_title": "A conta não foi conectada",
    "one_step_left_title": "Falta um passo",
    "state_unknown": "Este link de autorização já foi usado ou expirou. Abra de novo o link de conexão: {link}",
    "authorization_denied": (
        "A autorização não foi concedida no Mercado Livre. Se não foi essa a intenção, abra o link de conexão e "
        "autorize: {link}"
    ),
    "authorization_failed": (
        "O Mercado Livre não autorizou a conta e disse: «{words}». Se isso se repetir, quem cuida da instalação deve "
        "verificar a aplicação no DevCenter. Para tentar de novo, abra: {link}"
    ),
    "operator_not_allowed": (
        "Quem entrou no Mercado Livre é um colaborador da conta, e só o administrador pode conectá-la. Saia do Mercado "
        "Livre, entre como administrador e abra de novo: {link}"
    ),
    "code_expired": (
        "O Mercado Livre não aceitou o código de autorização: ele vale por dez minutos e uma só vez. Se isso se "
        "repetir, veja se há dados de identidade pendentes na conta do Mercado Livre, e peça a quem cuida da "
        "instalação que confira a URI de redirect no DevCenter: deve ser exatamente {redirect_uri}. Para tentar de "
        "novo, abra: {link}"
    ),
    "client_refused": (
        "O Mercado Livre não reconheceu a aplicação ({words}). O App ID ou a chave secreta que a Ponte tem não são os "
        "do DevCenter: quem cuida da instalação deve gravá-los de novo (python -m tools setup). Depois, abra: {link}"
    ),
    "scopes_refused": (
        "O Mercado Livre recusou os escopos da aplicação ({words}). Quem cuida da instalação deve marcar read, write e "
        "offline_access no DevCenter. Depois, abra de novo: {link}"
    ),
    "application_blocked": (
        "O Mercado Livre não deixa esta aplicação entrar ({words}): ela está bloqueada ou sem permissão. Quem cuida da "
        "instalação encontra o motivo no DevCenter. Depois de resolvido, abra de novo: {link}"
    ),
    "code_refused": (
        "O Mercado Livre recusou o código de autorização ({words}). Quem cuida da instalação deve conferir no "
        "DevCenter a chave secreta e a URI de redirect ({redirect_uri}). Depois, abra de novo: {link}"
    ),
    "mercado_livre_away": "O Mercado Livre não respondeu. Espere um minuto e abra de novo: {link}",
    "scopes_missing": (
        "Atenção: a autorização veio sem {scopes}, e assim a Ponte não funcionará bem ou deixará de funcionar em "
        "poucas horas. Quem cuida da instalação deve marcar os escopos read, write e offline_access no DevCenter. "
        "Depois, conecte a conta outra vez: {link}"
    ),
    "copy_the_address": (
        "A autorização foi concedida. Agora copie o endereço inteiro desta página, da barra do navegador, e cole-o no "
        "terminal que o pediu. Se nenhum terminal o pediu, abra: {link}"
    ),
    "site_unknown": (
        "«{called}» não é o código de um país do Mercado Livre. Use um destes no endereço: {sites}. Ou abra: {link}"
    ),
    "desk_unknown": (
        "Esta instalação não tem a mesa de atendimento «{called}». Peça o link certo a quem cuida dela. Se ela acaba "
        "de ser criada, espere dez minutos."
    ),
}

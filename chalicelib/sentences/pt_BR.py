"""What agents and sellers read in Brazilian Portuguese.

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
        "Conta sem permissão para responder: verifique as permissões do aplicativo e a conta conectada ({words})."
    ),
    "reply_refused": "Recusada pelo Mercado Livre ({words}): tente de novo ou responda no Mercado Livre.",
    "not_a_mercado_livre_conversation": (
        "Conversa sem comprador: ela não veio do Mercado Livre. Responda na conversa aberta pela pergunta ou pela "
        "compra."
    ),
    "reply_withdrawn": "Mensagem excluída antes de sair: escreva outra, se for preciso.",
    "reply_deleted": (
        "O comprador já recebeu esta resposta, e o Mercado Livre não deixa apagá-la: ela foi excluída só aqui."
    ),
    "reply_given_up": (
        "Envio não confirmado, por um erro da ponte: tente de novo. Antes de enviar, a ponte verifica se a resposta já "
        "chegou."
    ),
    "reason_not_taken": (
        "Motivo não aceito pelo Chatwoot, ou por um firewall antes dele: escreva de outra forma ou responda no Mercado "
        "Livre."
    ),
    "reply_kept_out": (
        "Palavras barradas no caminho, por um firewall ou outro programa: escreva de outra forma ou responda no "
        "Mercado Livre."
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
    "reply_sent_late": "Sua mensagem “{excerpt}”, que estava na fila, foi enviada ao comprador.",
    # What a message without words is named by
    "only_files": "(só arquivos)",
    "no_words": "(sem texto)",
    "reply_waiting_for_login": (
        "A resposta está na fila, mas a conta do Mercado Livre precisa ser autorizada de novo. Um administrador da "
        "conta deve abrir {link}; depois disso a resposta segue sozinha."
    ),
    # What stands there as if it was sent, and may not be
    "not_sendable/integrations": "Videochamada não vai ao comprador: envie texto ou arquivo.",
    "not_sendable/input_select": "Botões de escolha não vão ao comprador: envie texto ou arquivo.",
    "not_sendable/cards": "Cartões não vão ao comprador: envie texto ou arquivo.",
    "not_sendable/form": "Formulário não vai ao comprador: envie texto ou arquivo.",
    "not_sendable/article": "Artigo da central de ajuda não vai ao comprador: envie texto ou arquivo.",
    "not_sendable/unknown": "Mensagem do tipo “{kind}” não vai ao comprador: envie texto ou arquivo.",
    "not_sendable/no_writer": (
        "Autor desconhecido: o Chatwoot não diz quem a escreveu. Se for para o comprador, escreva-a com seu usuário."
    ),
    # Commands
    "reply_is_command": "{command} é um comando: mude para nota privada e escreva de novo.",
    "command_unknown": "O comando {command} não existe.",
    "command_given_up": (
        "O comando falhou por um erro inesperado da integração. Escreva-o de novo e, se voltar a falhar, avise quem "
        "cuida dela."
    ),
    "commands_title": "Comandos que existem, em nota privada (o comprador não os vê):",
    "command/ajuda": "mostra esta lista",
    "command/envio": "onde o pacote está, por onde passou e até quando despachar",
    "command/etiqueta": "a etiqueta do envio, em PDF",
    "command/pedido": "a venda como está agora",
    "command/produto": "o anúncio como está agora: preço, estoque e estado",
    "command_needs_sale": "Esta conversa não é de uma venda do Mercado Livre. Escreva o comando na conversa da venda.",
    "command_waits": "O Mercado Livre não está respondendo. O comando continua na fila, e a resposta vem aqui.",
    "command_login_needed": (
        "A conta do Mercado Livre precisa ser autorizada de novo. Um administrador da conta deve abrir {link}; depois "
        "disso escreva o comando outra vez."
    ),
    "file_not_taken_note": "O Chatwoot não aceitou o arquivo. Veja-o na venda: {link}",
    # What /produto tells
    "command_needs_listing": "Esta conversa não é de um anúncio que o Mercado Livre mostre.",
    "product_unreadable": "O Mercado Livre não mostra o anúncio {number}.",
    "product_state": "Estado: {state}",
    "product_price": "Preço: {price}",
    "product_stock": "Estoque: {quantity}",
    "product_link": "[Ver o anúncio {number}]({link})",
    "item_because_out_of_stock": "sem estoque",
    "item_because_paused_by_seller": "pausado pelo vendedor",
    "item_because_picture_download_pending": "fotos em processamento",
    "item_because_warning": "com um aviso do Mercado Livre",
    "item_because_waiting_for_patch": "aguardando uma correção",
    "item_because_held": "retido pelo Mercado Livre",
    "item_because_pending_documentation": "faltam documentos",
    "item_because_forbidden": "proibido",
    "item_because_expired": "expirado",
    "item_because_deleted": "excluído",
    "item_because_suspended": "suspenso",
    # What /envio tells
    "shipment_title": "Envio {number}",
    "shipment_town": "Destino: {town}",
    "shipment_follow": "[Acompanhar o pacote]({link})",
    "shipment_history": "Por onde passou:",
    # Labels
    "label_file": "etiqueta-{number}.pdf",
    "label_printed": "Etiqueta do envio {number}. Ela traz o endereço do comprador: não a envie a ninguém.",
    "label_printed_again": (
        "Reimpressão da etiqueta do envio {number}, que já consta como impressa no Mercado Livre. Ela traz o endereço "
        "do comprador: não a envie a ninguém."
    ),
    "label_until": "Despache até {deadline}.",
    "no_label/off": "A busca de etiquetas está desligada nesta instalação. [Imprima-a na venda]({link})",
    "no_label/unreadable": "Não foi possível ler os dados desta venda. [Veja a venda no Mercado Livre]({link})",
    "no_label/cancelled": "Não há etiqueta: a venda ou o envio foi cancelado. Não despache o pacote.",
    "no_label/fraud_risk": (
        "A etiqueta não foi pedida: o Mercado Livre vê risco de fraude nesta venda. Não despache o pacote."
    ),
    "no_label/none": "Não há etiqueta: esta venda não tem envio pelo Mercado Livre.",
    "no_label/agreed": "Não há etiqueta: a entrega é combinada com o comprador.",
    "no_label/full": "Não há etiqueta: o pacote sai do Full, e o Mercado Livre o despacha.",
    "no_label/own_carrier": "Não há etiqueta do Mercado Livre: o envio é por transportadora própria.",
    "no_label/not_ours": "Não há etiqueta: para o Mercado Livre, o envio não é desta conta.",
    "no_label/not_paid": "Ainda não há etiqueta: a venda não está paga.",
    "no_label/invoice_pending": (
        "Ainda não há etiqueta: falta a nota fiscal. O Mercado Livre a libera depois de receber a NF-e desta venda."
    ),
    "no_label/buffered": "Ainda não há etiqueta: o Mercado Livre a libera em {moment}.",
    "no_label/not_yet": "Ainda não há etiqueta: {state}. Peça de novo mais tarde.",
    "no_label/dispatched": "Não há mais etiqueta: o pacote já saiu. Estado: {state}.",
    "no_label/refused": "O Mercado Livre não deu a etiqueta ({words}). [Veja a venda no Mercado Livre]({link})",
    # Claims
    "claim_title": "Reclamação {number} no Mercado Livre",
    "claim_kind": "Tipo: {kind}",
    "claim_reason": "Motivo: {reason}",
    "claim_expectation": "O Mercado Livre espera de você: {expectation}",
    "claim_until": "{action} até {deadline}",
    "claim_in_words": "O Mercado Livre diz: {words}",
    "claim_counts": "Conta contra a reputação",
    "claim_counts_unless": "Conta contra a reputação, a menos que seja bem atendida até {deadline}",
    "claim_does_not_count": "Não conta contra a reputação",
    "claim_where_to_answer": (
        "Responda à reclamação no Mercado Livre: o que se escreve aqui não chega a ela. [Ver a venda]({link})"
    ),
    "claim_mediated": (
        "O Mercado Livre passou a mediar a reclamação {number}: agora é ele quem decide. [Ver a venda]({link})"
    ),
    "claim_expects": "Reclamação {number}: agora o Mercado Livre espera de você: {expectation}. [Ver a venda]({link})",
    "claim_closed": "A reclamação {number} foi encerrada. [Ver a venda]({link})",
    "claim_closed_because": "A reclamação {number} foi encerrada: {result}. [Ver a venda]({link})",
    "claim_kind_mediations": "reclamação do comprador",
    "claim_kind_dispute": "mediação, em que o Mercado Livre decide",
    "claim_kind_return": "devolução",
    "claim_kind_returns": "devolução",
    "claim_kind_change": "troca",
    "claim_kind_fulfillment": "reclamação de uma venda do Full",
    "claim_kind_ml_case": "caso aberto pelo Mercado Livre",
    "claim_kind_cancel_sale": "cancelamento pelo vendedor",
    "claim_kind_cancel_purchase": "cancelamento pelo comprador",
    "claim_kind_service": "reclamação de um serviço",
    "claim_action_send_message_to_complainant": "responder ao comprador",
    "claim_action_send_message_to_mediator": "responder ao mediador",
    "claim_action_send_attachments": "enviar anexos",
    "claim_action_refund": "devolver o dinheiro",
    "claim_action_allow_partial_refund": "oferecer um reembolso parcial",
    "claim_action_allow_return": "aceitar a devolução",
    "claim_action_allow_return_label": "enviar a etiqueta da devolução",
    "claim_action_allow_replace": "aceitar a troca",
    "claim_action_send_potential_shipping": "informar quando o produto será enviado",
    "claim_action_add_shipping_evidence": "comprovar o envio",
    "claim_action_send_tracking_number": "informar o código de rastreamento",
    "claim_action_return_review": "conferir o produto devolvido",
    "claim_result_payment_refunded": "o comprador recebeu o dinheiro de volta",
    "claim_result_partial_refunded": "o comprador recebeu parte do dinheiro de volta",
    "claim_result_partial_refund": "o comprador recebeu parte do dinheiro de volta",
    "claim_result_item_returned": "o produto foi devolvido",
    "claim_result_item_changed": "o produto foi trocado",
    "claim_result_product_delivered": "o produto foi entregue",
    "claim_result_not_delivered": "o produto não foi entregue",
    "claim_result_coverage_decision": "o Mercado Livre cobriu o valor",
    "claim_result_respondent_timeout": "o vendedor não respondeu a tempo",
    "claim_result_timeout": "o prazo terminou",
    "claim_result_opened_claim_by_mistake": "o comprador a abriu por engano",
    "claim_result_worked_out_with_seller": "o comprador se entendeu com o vendedor",
    "claim_result_prefered_to_keep_product": "o comprador ficou com o produto",
    "claim_for_complainant": "a favor do comprador",
    "claim_for_respondent": "a favor do vendedor",
    "claim_for_complainant_respondent": "a favor dos dois",
    # ---- Whether a conversation may be answered, as the panel beside it says: that of a purchase, that of a question.
    "situation/open": "Pode responder",
    "situation/not_written": "O comprador ainda não escreveu; escreva a ele na venda",
    "situation/until": "Pode responder até {deadline}",
    "situation/blocked": "Não pode responder. {reason}",
    "situation/UNANSWERED": "Aguarda resposta",
    "situation/ANSWERED": "Respondida; só cabe uma resposta",
    "situation/UNDER_REVIEW": "Em análise no Mercado Livre; ainda não pode responder",
    "situation/BANNED": "Removida pelo Mercado Livre",
    "situation/DELETED": "Excluída no Mercado Livre",
    "situation/DISABLED": "Desativada no Mercado Livre",
    "situation/CLOSED_UNANSWERED": "Encerrada sem resposta",
    "situation/answer_removed": "Resposta removida pelo Mercado Livre; não pode responder de novo",
    # ---- What agents read about questions: answers that were not published, the first message, the notes.
    # Answers that were not published
    "answer_empty": "Resposta sem texto: escreva a resposta e envie de novo.",
    "answer_too_long": "Texto longo demais: {length} caracteres, e cabem {limit}. Encurte e envie de novo.",
    "answer_with_attachment": "Anexo não aceito em perguntas: envie só o texto. Nada foi enviado.",
    "question_already_answered": "Pergunta já respondida: o Mercado Livre aceita uma só resposta por pergunta.",
    "question_gone": "Pergunta excluída: não pode mais ser respondida.",
    "question_banned": "Pergunta removida pelo Mercado Livre: não pode mais ser respondida.",
    "question_closed": "Pergunta encerrada sem resposta: não pode mais ser respondida.",
    "question_under_review": (
        "Pergunta em análise no Mercado Livre: tente de novo quando for liberada; avisaremos aqui."
    ),
    "item_not_active": "Anúncio não ativo: reative-o no Mercado Livre e tente de novo.",
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
    "answer_removed": "Resposta removida pelo Mercado Livre: a pergunta não pode ser respondida de novo.",
    "answer_removed_because": (
        "Resposta removida pelo Mercado Livre: {reason} A pergunta não pode ser respondida de novo."
    ),
    # Listing states
    "item_active": "ativo",
    "item_paused": "pausado",
    "item_closed": "finalizado",
    "item_under_review": "em análise",
    "item_inactive": "inativo",
    "item_out_of_stock": "sem estoque",
    "item_stock": "{count} em estoque",
    "item_offer": "{price} (em oferta; preço normal {regular})",
    "note_item_active": "O anúncio voltou a ficar ativo: a pergunta já pode ser respondida.",
    "note_item_paused": "O anúncio foi pausado. Enquanto estiver assim, o Mercado Livre não aceita a resposta.",
    "note_item_out_of_stock": (
        "O anúncio ficou sem estoque e foi pausado. Ele volta quando houver estoque; até lá a resposta não é aceita."
    ),
    "note_item_closed": "O anúncio foi finalizado: a pergunta não pode mais ser respondida.",
    "note_item_under_review": (
        "O Mercado Livre pôs o anúncio em revisão. Veja no Mercado Livre o que corrigir; até lá a resposta não é "
        "aceita."
    ),
    "note_item_inactive": "O anúncio está inativo. Enquanto estiver assim, a resposta não é aceita.",
    "note_item_unknown": "O anúncio mudou de estado no Mercado Livre: {state}. Confira antes de responder.",
    "note_price": "O preço do anúncio mudou desde a pergunta: de {before} para {price}.",
    # ---- What agents read about sales: replies that were not sent, the note of the sale, the marks under messages.
    # Replies that were not sent
    "message_empty": "Mensagem vazia: escreva um texto e envie de novo.",
    "message_unsendable": "Caracteres não aceitos ({characters}): retire-os e envie de novo.",
    "message_too_long_for_agent": (
        "Texto longo demais: {length} caracteres, e o assistente do Mercado Livre aceita {limit} por vez. Encurte e "
        "envie de novo."
    ),
    "message_too_long": (
        "Texto longo demais: {length} caracteres; mesmo em partes, o máximo é {limit}. Encurte e envie de novo."
    ),
    "message_not_taken": (
        "Não aceita depois de muitas tentativas: tente de novo mais tarde ou responda no Mercado Livre."
    ),
    "buyer_has_not_written": (
        "O comprador ainda não escreveu: o Mercado Livre só deixa responder por aqui depois disso. "
        "Escreva na venda: {link}"
    ),
    "recipient_unknown": (
        "Destinatário desconhecido: o Mercado Livre não o mostra. Tente de novo mais tarde ou responda lá: {link}"
    ),
    "conversation_state_unknown": (
        "Estado da conversa desconhecido: o Mercado Livre não disse se ela está aberta. Tente de novo em alguns "
        "minutos."
    ),
    "conversation_blocked": "O Mercado Livre bloqueou esta conversa. {reason}",
    "mediation_open": "Mediação em andamento: fale com o comprador na reclamação, no Mercado Livre.",
    "full_not_delivered": (
        "Pacote do Full não entregue: antes da entrega o Mercado Livre não aceita mensagens. Envie de novo depois dela."
    ),
    "receiver_not_in_order": (
        "Destinatário fora da venda: tente de novo; se o erro continuar, responda na venda, no Mercado Livre."
    ),
    "sale_not_ours": (
        "Venda de outra conta: a conta conectada não pode escrever nela. Verifique no Mercado Livre se a venda é desta "
        "conta."
    ),
    "wrong_recipient": (
        "Destinatário não aceito: tente de novo; se o erro continuar, responda na venda, no Mercado Livre."
    ),
    "charset_refused": "Caracteres não aceitos ({characters}): retire os emojis e os símbolos e envie de novo.",
    "length_refused": "Tamanho recusado pelo Mercado Livre ({words}): encurte o texto e envie de novo.",
    "buyer_gone": "Conta do comprador desativada: não é mais possível escrever a ele.",
    "message_parts_sent": "{reason} Partes enviadas: {sent} de {total}; tentar de novo envia só o que falta.",
    # Files of a reply
    "file_too_large": "Arquivo maior que {limit_mb} MB: anexe um menor e envie de novo ({name}).",
    "attachment_without_file": "Anexo que não é um arquivo: escreva o contato, a localização ou o que for como texto.",
    "file_type_refused": "Arquivo {kind} não aceito: envie JPG, PNG, PDF ou TXT, de até 25 MB ({name}).",
    "file_misnamed": (
        "Arquivo com nome errado: {name} não é um {kind} de verdade. Salve-o como JPG, PNG, PDF ou TXT e envie de novo."
    ),
    "files_too_many": "Anexos demais: {count}, e cabem {limit}. Divida-os em mais de uma mensagem.",
    "file_unavailable": "Arquivo não entregue pelo Chatwoot: anexe-o em uma nova mensagem ({name}).",
    "file_empty": "Arquivo vazio: confira-o e anexe-o em uma nova mensagem ({name}).",
    "file_refused": "Arquivo recusado pelo Mercado Livre ({words}): tente com outro ({name}).",
    "file_expired_again": (
        "Anexos descartados pelo Mercado Livre: tente de novo; se o erro continuar, anexe-os em uma nova mensagem."
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
    "sale_label": "Etiqueta: escreva `/etiqueta` em nota privada.",
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
    "sale_fraud_risk": "⚠️ Risco de fraude: não envie; cancele a venda no Mercado Livre.",
    "sale_dispatch": "Despachar até: {deadline}",
    "sale_arrival": "Entrega prevista: {day}",
    "sale_tracking_link": "[Acompanhar o pacote]({link})",
    "sale_origin": "Esta venda veio da divisão de outra: {link}",
    # What stands beside a sale
    "dispatch_until": "despachar até {moment}",
    "arrives_until": "entrega prevista {moment}",
    "payment_installments": "{how} em {count}×",
    "payment_refunded_amount": "{amount} devolvidos",
    "payment_type_account_money": "saldo no Mercado Pago",
    "payment_type_credit_card": "cartão de crédito",
    "payment_type_debit_card": "cartão de débito",
    "payment_type_prepaid_card": "cartão pré-pago",
    "payment_type_ticket": "boleto",
    "payment_type_bank_transfer": "Pix ou transferência",
    "payment_type_atm": "caixa eletrônico",
    "payment_type_digital_currency": "Linha de crédito do Mercado Pago",
    "payment_type_consumer_credits": "Linha de crédito do Mercado Pago",
    "shipment_returned": "devolvido ao vendedor",
    # The ways by which parcels go, as sellers call them
    "logistics/drop_off": "Correios",
    "logistics/xd_drop_off": "Agência",
    "logistics/cross_docking": "Coleta",
    "logistics/self_service": "Flex",
    "logistics/turbo": "Turbo",
    "logistics/fulfillment": "Full",
    "logistics/default": "transportadora própria",
    # Where a parcel is: the substates of a shipment
    "parcel/waiting_for_payment": "aguardando o pagamento do frete",
    "parcel/under_review": "em revisão",
    "parcel/fraudulent": "suspeita de fraude",
    "parcel/cost_exceeded": "frete acima do limite",
    "parcel/creating_route": "criando a rota",
    "parcel/manufacturing": "em fabricação",
    "parcel/buffered": "etiqueta ainda não liberada",
    "parcel/regenerating": "etiqueta sendo refeita",
    "parcel/waiting_for_label_generation": "etiqueta sendo gerada",
    "parcel/invoice_pending": "falta a nota fiscal",
    "parcel/agency_unavailable": "agência indisponível",
    "parcel/picked_up": "coletado",
    "parcel/dropped_off": "deixado na agência",
    "parcel/authorized_by_carrier": "recebido pela transportadora",
    "parcel/in_hub": "no centro de distribuição",
    "parcel/in_transit": "em trânsito",
    "parcel/in_warehouse": "no depósito",
    "parcel/out_for_delivery": "saiu para entrega",
    "parcel/soon_deliver": "próxima parada",
    "parcel/at_the_door": "na porta do comprador",
    "parcel/waiting_for_withdrawal": "aguardando retirada pelo comprador",
    "parcel/receiver_absent": "ninguém para receber",
    "parcel/bad_address": "endereço incorreto",
    "parcel/changed_address": "endereço alterado",
    "parcel/buyer_rescheduled": "reagendado pelo comprador",
    "parcel/refused_delivery": "recusado pelo comprador",
    "parcel/waiting_for_confirmation": "aguardando o comprador confirmar",
    "parcel/delivery_blocked": "entrega em verificação",
    "parcel/delayed": "atrasado",
    "parcel/delivery_failed": "tentativa de entrega falhou",
    "parcel/not_localized": "endereço não localizado",
    "parcel/dangerous_area": "área de risco",
    "parcel/retained": "retido",
    "parcel/reclaimed": "reclamado",
    "parcel/stale": "sem novidades",
    "parcel/buyer_edt_limit_stale": "prazo de entrega vencido",
    "parcel/need_review": "em análise",
    "parcel/negative_feedback": "comprador diz que não recebeu",
    "parcel/claimed_me": "reclamado pelo comprador",
    "parcel/on_hold": "em espera",
    "parcel/rejected_in_hub": "recusado no centro de distribuição",
    "parcel/at_customs": "na alfândega",
    "parcel/delayed_at_customs": "atrasado na alfândega",
    "parcel/inferred": "entrega presumida",
    "parcel/damaged": "danificado",
    "parcel/returning_to_sender": "voltando ao vendedor",
    "parcel/returning_to_hub": "voltando ao centro de distribuição",
    "parcel/returned_to_hub": "de volta no centro de distribuição",
    "parcel/returned_to_agency": "de volta na agência",
    "parcel/returning_to_warehouse": "voltando ao depósito",
    "parcel/soon_to_be_returned": "será devolvido",
    "parcel/return_failed": "devolução falhou",
    "parcel/shipment_stopped": "envio interrompido",
    "parcel/lost": "extraviado",
    "parcel/stolen": "roubado",
    "parcel/destroyed": "destruído",
    "parcel/confiscated": "apreendido",
    "parcel/unclaimed": "não retirado pelo vendedor",
    "parcel/to_review": "encerrado, em análise",
    # What happened to a sale
    "note_paid": "Pagamento aprovado: {payment}.",
    "note_refunded_in_part": "Reembolso parcial: {amount} devolvidos ao comprador até agora. A venda continua.",
    "note_refunded": "Reembolso total: {amount} devolvidos ao comprador.",
    "note_cancelled": "Venda cancelada {why}.",
    "note_cancelled_in_part": "Parte da venda foi cancelada {why}. Pedido: {orders}. O resto continua.",
    "cancelled_by/buyer": "pelo comprador",
    "cancelled_by/seller": "pelo vendedor",
    "cancelled_by/mercado_livre": "pelo Mercado Livre",
    "note_fraud_risk": (
        "⚠️ O Mercado Livre detectou risco de fraude nesta venda. Não envie o produto; cancele a venda no Mercado Livre."
    ),
    "note_ready": "Pronta para enviar{by}.",
    "note_ready_until": "Pronta para enviar{by}: despache até {deadline}.",
    "note_on_its_way": "O pacote está a caminho{by}. {number}",
    "note_on_its_way_link": "O pacote está a caminho{by}. [Acompanhar {number}]({link})",
    "note_delivered": "O pacote foi entregue ao comprador.",
    "note_not_delivered": "O pacote não foi entregue{what}. Veja na venda o que fazer.",
    "note_returned": "O pacote foi devolvido ao vendedor.",
    "note_dispatch_late": (
        "Despacho atrasado: o prazo era {deadline}. Envie o quanto antes; atrasos contam na reputação."
    ),
    "note_carrier_late": "O pacote está atrasado no transporte{what}.",
    "note_put_off": "A entrega foi adiada de {before} para {day}.",
    "note_split": "Esta venda foi dividida em outras, com envio e conversa próprios; esta aqui foi cancelada por isso.",
    "note_split_part": "[Venda {number}]({link})",
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
    # is the reason of a reply that failed, and stands after `conversation_blocked` in a private note.
    # https://developers.mercadolivre.com.br/pt_br/mensagens-bloqueadas
    "blocked/blocked_by_time": (
        "Sem mensagens há 30 dias: o Mercado Livre fechou a conversa, que só reabre se o comprador escrever."
    ),
    "blocked/blocked_by_buyer": "Mensagens bloqueadas pelo comprador: só ele pode reabrir a conversa.",
    "blocked/blocked_by_mediation": "Mediação em andamento: fale com o comprador na reclamação, no Mercado Livre.",
    # Mercado Livre writes it both ways.
    "blocked/bloqued_by_mediation": "Mediação em andamento: fale com o comprador na reclamação, no Mercado Livre.",
    "blocked/blocked_by_mediation_fbm": (
        "Mediação em andamento, em venda do Full: acompanhe a reclamação no Mercado Livre."
    ),
    "blocked/blocked_by_fulfillment": (
        "Pacote do Full não entregue: o Mercado Livre só libera as mensagens depois da entrega. Responda então."
    ),
    "blocked/blocked_by_payment": (
        "Pagamento não confirmado: o Mercado Livre libera a conversa assim que o confirmar. Responda um pouco mais "
        "tarde."
    ),
    "blocked/blocked_by_conversation_initiated_by_seller": (
        "Compra de supermercado: o vendedor não pode começar a conversa. Espere o comprador escrever."
    ),
    "blocked/blocked_by_conversation_initiated_by_seller_limited": (
        "Comprador ainda não escreveu: espere que escreva ou use as opções de contato da venda, no Mercado Livre."
    ),
    # https://developers.mercadolibre.com.ar/es_ar/motivos-para-comunicarse names it so.
    "blocked/blocked_by_conversation_started_by_seller": (
        "Comprador ainda não escreveu: espere que escreva ou use as opções de contato da venda, no Mercado Livre."
    ),
    "blocked/blocked_by_conversation_use_message_api": (
        "Comprador já escreveu: o Mercado Livre só aceita respostas à mensagem dele. Tente de novo; se não der certo, "
        "responda na venda, no Mercado Livre."
    ),
    "blocked/blocked_by_cancelled_order": (
        "Venda cancelada: o Mercado Livre fechou a conversa. Não é mais possível escrever ao comprador."
    ),
    "blocked/blocked_by_cancelled_order_by_fraud": (
        "Venda cancelada por atividade irregular: não é mais possível escrever ao comprador."
    ),
    "blocked/blocked_by_fraud": (
        "Atividade irregular: o Mercado Livre fechou a conversa. Veja os detalhes na venda, no Mercado Livre."
    ),
    "blocked/blocked_by_cancelled_order_hidden": (
        "Compra cancelada antes de ser processada: só o comprador ainda a vê, e não é possível escrever a ele."
    ),
    "blocked/blocked_by_hidden": "Venda ocultada pelo Mercado Livre: não é possível escrever ao comprador.",
    "blocked/blocked_by_conversation_expired": (
        "Compra de mais de 18 meses: o Mercado Livre encerrou a conversa. Não é mais possível escrever ao comprador."
    ),
    "blocked/blocked_by_refund": (
        "Venda reembolsada, no todo ou em parte: a conversa só reabre se o comprador escrever."
    ),
    "blocked/blocked_by_claim_change_open": "Troca de produto em andamento: acompanhe a reclamação no Mercado Livre.",
    # Mercado Livre describes it with the words of `blocked_by_claim_change_open`, so this says neither open nor closed.
    "blocked/blocked_by_claim_change_closed": (
        "Troca de produto: o Mercado Livre fechou a conversa. Acompanhe a troca na venda, no Mercado Livre."
    ),
    "blocked/blocked_by_deactivated_account": (
        "Conta excluída, a do comprador ou a do vendedor: não é mais possível escrever nesta conversa."
    ),
    "blocked/blocked_by_restrictions": (
        "Conta restrita, a do comprador ou a do vendedor: verifique no Mercado Livre se a sua tem alguma pendência."
    ),
    "blocked/blocked_by_message_pending_review": (
        "Mensagens em análise no Mercado Livre: responda quando a análise terminar."
    ),
    "blocked/blocked_by_return_to_buyer_fulfillment": (
        "Devolução revisada pelo Full: o produto vai voltar ao comprador. Acompanhe a devolução no Mercado Livre."
    ),
    "blocked/blocked_by_guest_shops": (
        "Compra sem cadastro no Mercado Shops: o comprador não recebe mensagens. Veja na venda se há outra forma de "
        "contato."
    ),
    "blocked/blocked_by_ai_assistant": (
        "Assistente do Mercado Livre atendendo: o vendedor não pode escrever por enquanto. Nada a fazer até que a "
        "conversa seja liberada."
    ),
    "blocked/blocked_by_ai_assistant_expired": (
        "Prazo com o assistente do Mercado Livre terminado: não é mais possível responder. Acompanhe a venda no "
        "Mercado Livre."
    ),
    "blocked/blocked_by_ai_assistant_contact_closed": (
        "Consulta encerrada pelo assistente do Mercado Livre: não é preciso responder."
    ),
    "blocked/block_by_ai_assistant_initiated_by_seller_expired": (
        "Prazo com o assistente do Mercado Livre terminado: não é mais possível escrever na conversa que o vendedor "
        "começou. Acompanhe a venda no Mercado Livre."
    ),
    "blocked/blocked_by_resale": (
        "Produto de revenda: o Mercado Livre não oferece mensagens nesta venda. Acompanhe-a no Mercado Livre."
    ),
    "blocked/blocked_by_proximity_groceries": (
        "Supermercado com entrega imediata: o Mercado Livre não oferece mensagens nesta compra. Acompanhe a venda no "
        "Mercado Livre."
    ),
    "blocked/unknown": "Bloqueada pelo Mercado Livre ({substatus}): veja o motivo na venda, no Mercado Livre.",
    "blocked/released": "O Mercado Livre liberou esta conversa. Já é possível responder.",
    # ---- Why Mercado Livre's moderation kept a message from the buyer, by the `reason` of `message_moderation`.
    # https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
    "moderation/OUT_OF_PLACE_LANGUAGE": (
        "Recusada pela moderação, por linguagem inadequada: reescreva em outro tom e envie uma nova mensagem."
    ),
    "moderation/SOCIAL_NETWORK_LINK": (
        "Recusada pela moderação, por levar a uma rede social: reescreva sem o link nem o perfil e envie uma nova "
        "mensagem."
    ),
    "moderation/LINK_SHORT_URL": (
        "Recusada pela moderação, por um link encurtado: use o endereço completo e envie uma nova mensagem."
    ),
    "moderation/AUTOMATIC_MESSAGE": (
        "Recusada pela moderação, por parecer automática: escreva com suas palavras, para este comprador, e envie uma "
        "nova mensagem."
    ),
    "moderation/PERSONAL_DATA": (
        "Recusada pela moderação, por dados pessoais (telefone, e-mail, endereço…): reescreva sem eles e envie uma "
        "nova mensagem."
    ),
    "moderation/LINK_MERCADOPAGO": (
        "Recusada pela moderação, por um link do Mercado Pago: reescreva sem ele e envie uma nova mensagem."
    ),
    "moderation/ML_LINKS_PAYPAL": (
        "Recusada pela moderação, por um link de pagamento (do PayPal ou outro): reescreva sem ele e envie uma nova "
        "mensagem."
    ),
    "moderation/EVASION_CLAIM_SELLER": (
        "Recusada pela moderação, por parecer evitar uma reclamação: reescreva sem pedir que não a abram ou que a "
        "encerrem e envie uma nova mensagem."
    ),
    "moderation/unknown": "Recusada pela moderação ({reason}): reescreva-a e envie uma nova mensagem.",
    "moderation/no_reason": (
        "Recusada pela moderação, sem dizer o motivo: reescreva sem links nem dados de contato e envie uma nova "
        "mensagem."
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
    "not_ready_title": "A Ponte ainda não responde",
    "not_ready": (
        "A Ponte ainda não está configurada ou não alcança o que precisa. Abra o mesmo link de novo daqui a um minuto. "
        "Se continuar assim, avise quem cuida da instalação."
    ),
    "mercado_livre_away": "O Mercado Livre não respondeu. Espere um minuto e abra de novo: {link}",
    "site_not_supported": (
        "A conta {nickname} ({seller_id}) vende para vários países (Global Selling), o que a Ponte não atende: nada "
        "dela chega ao Chatwoot. Conecte a conta de um só país."
    ),
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
    "not_invited": (
        "Uma conta é conectada por convite, e este endereço não traz nenhum, ou traz um que não vale mais. Peça um "
        "link novo a quem cuida da instalação."
    ),
    "link_to_ask_for": "um link de conexão, que se pede a quem cuida da instalação",
}

"""Replies that were not sent or that wait, whatever they reply to."""

from collections.abc import Mapping

SENTENCES: Mapping[str, Mapping[str, str]] = {
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
    "reply_erased": {
        "pt-BR": "Os dados desta conversa foram apagados da ponte a pedido do comprador; não se sabe mais se esta "
        "mensagem chegou a ele, e ela não será enviada de novo. Se for preciso, escreva uma nova.",
        "es": "Los datos de esta conversación se borraron del puente a pedido del comprador, así que ya no se sabe si "
        "este mensaje le llegó, y no se enviará de nuevo. Si hace falta, escriba uno nuevo.",
        "en": "What the bridge knew of this conversation was erased at the buyer's wish, so that nobody can tell any "
        "more whether this message reached him, and it is not sent again. If it is needed, write a new one.",
    },
    "reply_waiting": {
        "pt-BR": "A resposta ainda não pôde ser entregue. Ela continua na fila e será enviada assim que "
        "possível; não envie de novo.",
        "es": "La respuesta todavía no se pudo entregar. Sigue en la cola y se enviará en cuanto sea "
        "posible; no la envíe de nuevo.",
        "en": "The reply could not be delivered yet. It stays in the queue and goes out as soon as "
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
    # Commands
    "reply_is_command": {
        "pt-BR": "Não enviada: {command} é um comando, e comandos vão em nota privada. Mude para nota privada e "
        "escreva de novo.",
        "es": "No enviada: {command} es un comando, y los comandos van en una nota privada. Cambie a nota privada y "
        "escríbalo de nuevo.",
        "en": "Not sent: {command} is a command, and commands go into a private note. Switch to private note and write "
        "it again.",
    },
    "command_unknown": {
        "pt-BR": "O comando {command} não existe.",
        "es": "El comando {command} no existe.",
        "en": "There is no command {command}.",
    },
    "command_given_up": {
        "pt-BR": "O comando falhou por um erro inesperado da integração. Escreva-o de novo e, se voltar a falhar, "
        "avise quem cuida dela.",
        "es": "El comando falló por un error inesperado de la integración. Escríbalo de nuevo y, si vuelve a fallar, "
        "avise a quien la mantiene.",
        "en": "The command failed for an unexpected error of the integration. Write it again and, if it fails again, "
        "tell whoever looks after it.",
    },
    "commands_title": {
        "pt-BR": "Comandos que existem, em nota privada (o comprador não os vê):",
        "es": "Comandos que existen, en nota privada (el comprador no los ve):",
        "en": "Commands that there are, in a private note (the buyer does not see them):",
    },
    "command/ajuda": {
        "pt-BR": "mostra esta lista",
        "es": "muestra esta lista",
        "en": "shows this list",
    },
    "not_sendable/integrations": {
        "pt-BR": "Não enviada: videochamada. Ao comprador só vão textos e arquivos.",
        "es": "No enviada: videollamada. Al comprador solo le llegan textos y archivos.",
        "en": "Not sent: a video call. Only words and files go to the buyer.",
    },
    "not_sendable/input_select": {
        "pt-BR": "Não enviada: botões de escolha. Ao comprador só vão textos e arquivos.",
        "es": "No enviada: botones de opciones. Al comprador solo le llegan textos y archivos.",
        "en": "Not sent: buttons to choose from. Only words and files go to the buyer.",
    },
    "not_sendable/cards": {
        "pt-BR": "Não enviada: cartões. Ao comprador só vão textos e arquivos.",
        "es": "No enviada: tarjetas. Al comprador solo le llegan textos y archivos.",
        "en": "Not sent: cards. Only words and files go to the buyer.",
    },
    "not_sendable/form": {
        "pt-BR": "Não enviada: formulário. Ao comprador só vão textos e arquivos.",
        "es": "No enviada: formulario. Al comprador solo le llegan textos y archivos.",
        "en": "Not sent: a form. Only words and files go to the buyer.",
    },
    "not_sendable/article": {
        "pt-BR": "Não enviada: artigos da central de ajuda. Ao comprador só vão textos e arquivos.",
        "es": "No enviada: artículos del centro de ayuda. Al comprador solo le llegan textos y archivos.",
        "en": "Not sent: articles of the help center. Only words and files go to the buyer.",
    },
    "not_sendable/unknown": {
        "pt-BR": "Não enviada: mensagem do tipo “{kind}”. Ao comprador só vão textos e arquivos.",
        "es": "No enviada: mensaje del tipo “{kind}”. Al comprador solo le llegan textos y archivos.",
        "en": "Not sent: a message of the kind “{kind}”. Only words and files go to the buyer.",
    },
    "not_sendable/no_writer": {
        "pt-BR": "Não enviada: sem autor. O Chatwoot não diz quem a escreveu; se for para o comprador, escreva-a "
        "com seu usuário.",
        "es": "No enviada: sin autor. Chatwoot no dice quién lo escribió; si es para el comprador, escríbalo con su "
        "usuario.",
        "en": "Not sent: nobody's. Chatwoot does not say who wrote it; if it is for the buyer, write it as yourself.",
    },
}

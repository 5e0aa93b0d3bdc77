"""Why Mercado Livre's moderation kept a message from the buyer, by the `reason` of `message_moderation`."""

from collections.abc import Mapping

# https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
SENTENCES: Mapping[str, Mapping[str, str]] = {
    "moderation/OUT_OF_PLACE_LANGUAGE": {
        "pt-BR": "Não entregue: a moderação do Mercado Livre recusou a mensagem porque considerou a linguagem "
        "inadequada. Reescreva em outro tom e envie uma nova mensagem.",
        "es": "No entregado: la moderación de Mercado Libre rechazó el mensaje porque consideró inapropiado el "
        "lenguaje. Escríbalo en otro tono y envíe un mensaje nuevo.",
        "en": "Not delivered: Mercado Livre's moderation refused the message because it found the language "
        "inappropriate. Reword it and send a new message.",
    },
    "moderation/SOCIAL_NETWORK_LINK": {
        "pt-BR": "Não entregue: a moderação do Mercado Livre recusou a mensagem porque ela leva a uma rede social. "
        "Reescreva sem o link nem o perfil e envie uma nova mensagem.",
        "es": "No entregado: la moderación de Mercado Libre rechazó el mensaje porque lleva a una red social. "
        "Escríbalo sin el enlace ni el perfil y envíe un mensaje nuevo.",
        "en": "Not delivered: Mercado Livre's moderation refused the message because it leads to a social network. "
        "Rewrite it without the link or the profile and send a new message.",
    },
    "moderation/LINK_SHORT_URL": {
        "pt-BR": "Não entregue: a moderação do Mercado Livre recusou a mensagem porque ela traz um link encurtado. "
        "Use o endereço completo e envie uma nova mensagem.",
        "es": "No entregado: la moderación de Mercado Libre rechazó el mensaje porque trae un enlace acortado. Use la "
        "dirección completa y envíe un mensaje nuevo.",
        "en": "Not delivered: Mercado Livre's moderation refused the message because it has a shortened link. Use the "
        "full address and send a new message.",
    },
    "moderation/AUTOMATIC_MESSAGE": {
        "pt-BR": "Não entregue: a moderação do Mercado Livre recusou a mensagem porque ela parece automática. Escreva "
        "com suas palavras, para este comprador, e envie uma nova mensagem.",
        "es": "No entregado: la moderación de Mercado Libre rechazó el mensaje porque parece automático. Escríbalo con "
        "sus palabras, para este comprador, y envíe un mensaje nuevo.",
        "en": "Not delivered: Mercado Livre's moderation refused the message because it looks automatic. Write it in "
        "your own words, for this buyer, and send a new message.",
    },
    "moderation/PERSONAL_DATA": {
        "pt-BR": "Não entregue: a moderação do Mercado Livre recusou a mensagem porque ela traz dados pessoais "
        "(telefone, e-mail, endereço…). Reescreva sem eles e envie uma nova mensagem.",
        "es": "No entregado: la moderación de Mercado Libre rechazó el mensaje porque trae datos personales (teléfono, "
        "correo electrónico, dirección…). Escríbalo sin ellos y envíe un mensaje nuevo.",
        "en": "Not delivered: Mercado Livre's moderation refused the message because it has personal data (phone, "
        "e-mail, address…). Rewrite it without them and send a new message.",
    },
    "moderation/LINK_MERCADOPAGO": {
        "pt-BR": "Não entregue: a moderação do Mercado Livre recusou a mensagem porque ela traz um link do Mercado "
        "Pago. Reescreva sem ele e envie uma nova mensagem.",
        "es": "No entregado: la moderación de Mercado Libre rechazó el mensaje porque trae un enlace de Mercado Pago. "
        "Escríbalo sin él y envíe un mensaje nuevo.",
        "en": "Not delivered: Mercado Livre's moderation refused the message because it has a link to Mercado Pago. "
        "Rewrite it without the link and send a new message.",
    },
    "moderation/ML_LINKS_PAYPAL": {
        "pt-BR": "Não entregue: a moderação do Mercado Livre recusou a mensagem porque ela traz um link de pagamento, "
        "como os do PayPal. Reescreva sem ele e envie uma nova mensagem.",
        "es": "No entregado: la moderación de Mercado Libre rechazó el mensaje porque trae un enlace de pago, como los "
        "de PayPal. Escríbalo sin él y envíe un mensaje nuevo.",
        "en": "Not delivered: Mercado Livre's moderation refused the message because it has a payment link, such as "
        "PayPal's. Rewrite it without the link and send a new message.",
    },
    "moderation/EVASION_CLAIM_SELLER": {
        "pt-BR": "Não entregue: a moderação do Mercado Livre recusou a mensagem porque ela parece pedir ao "
        "comprador que não abra uma reclamação ou que a encerre. Reescreva sem isso e envie uma nova mensagem.",
        "es": "No entregado: la moderación de Mercado Libre rechazó el mensaje porque parece pedirle al comprador que "
        "no abra un reclamo o que lo cierre. Escríbalo sin eso y envíe un mensaje nuevo.",
        "en": "Not delivered: Mercado Livre's moderation refused the message because it seems to ask the buyer not to "
        "open a claim, or to close one. Rewrite it without that and send a new message.",
    },
    "moderation/unknown": {
        "pt-BR": "Não entregue: a moderação do Mercado Livre recusou a mensagem ({reason}). Reescreva-a e envie uma "
        "nova mensagem.",
        "es": "No entregado: la moderación de Mercado Libre rechazó el mensaje ({reason}). Escríbalo de otra forma y "
        "envíe un mensaje nuevo.",
        "en": "Not delivered: Mercado Livre's moderation refused the message ({reason}). Reword it and send a new "
        "message.",
    },
    "moderation/no_reason": {
        "pt-BR": "Não entregue: a moderação do Mercado Livre recusou a mensagem e não disse o motivo. Reescreva-a sem "
        "links nem dados de contato e envie uma nova mensagem.",
        "es": "No entregado: la moderación de Mercado Libre rechazó el mensaje y no indicó el motivo. Escríbalo sin "
        "enlaces ni datos de contacto y envíe un mensaje nuevo.",
        "en": "Not delivered: Mercado Livre's moderation refused the message and did not say why. Rewrite it without "
        "links or contact details and send a new message.",
    },
}

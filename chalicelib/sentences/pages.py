"""What a seller reads in the browser while he connects his account."""

from collections.abc import Mapping

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "connected_title": {"pt-BR": "Conta conectada", "es": "Cuenta conectada", "en": "Account connected"},
    "connected": {
        "pt-BR": "A conta {nickname} ({seller_id}) está conectada. As perguntas dela e as mensagens de pós-venda "
        "chegam agora ao Chatwoot. Você pode fechar esta página.",
        "es": "La cuenta {nickname} ({seller_id}) está conectada. Sus preguntas y los mensajes posventa llegan ahora a "
        "Chatwoot. Puede cerrar esta página.",
        "en": "The account {nickname} ({seller_id}) is connected. Its questions and the messages after a sale now "
        "reach Chatwoot. You may close this page.",
    },
    "not_connected_title": {
        "pt-BR": "A conta não foi conectada",
        "es": "La cuenta no se conectó",
        "en": "The account was not connected",
    },
    "state_unknown": {
        "pt-BR": "Este link de autorização já foi usado ou expirou. Abra de novo o link de conexão: {link}",
        "es": "Este enlace de autorización ya se usó o expiró. Abra de nuevo el enlace de conexión: {link}",
        "en": "This authorization link was already used or has expired. Open the connection link again: {link}",
    },
    "authorization_denied": {
        "pt-BR": "A autorização não foi concedida no Mercado Livre ({words}). Se não foi de propósito, abra de novo: "
        "{link}",
        "es": "La autorización no se concedió en Mercado Libre ({words}). Si no fue a propósito, abra de nuevo: {link}",
        "en": "The authorization was not granted on Mercado Livre ({words}). If that was not intended, open this "
        "again: {link}",
    },
    "operator_not_allowed": {
        "pt-BR": "Quem entrou no Mercado Livre é um colaborador da conta. Saia, entre como administrador da conta e "
        "abra de novo: {link}",
        "es": "Quien ingresó en Mercado Libre es un colaborador de la cuenta. Salga, ingrese como administrador de la "
        "cuenta y abra de nuevo: {link}",
        "en": "Whoever logged in to Mercado Livre is a collaborator of the account. Log out, log in as the account's "
        "administrator and open this again: {link}",
    },
    "code_refused": {
        "pt-BR": "O Mercado Livre recusou o código de autorização ({words}). Verifique no DevCenter a URI de redirect "
        "({redirect_uri}) e a chave secreta, e abra de novo: {link}",
        "es": "Mercado Libre rechazó el código de autorización ({words}). Verifique en el DevCenter la URI de "
        "redirect ({redirect_uri}) y la clave secreta, y abra de nuevo: {link}",
        "en": "Mercado Livre refused the authorization code ({words}). Check the redirect URI ({redirect_uri}) and the "
        "secret key in DevCenter, and open this again: {link}",
    },
}

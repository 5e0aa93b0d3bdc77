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
        "pt-BR": "A autorização não foi concedida no Mercado Livre. Se não foi de propósito, abra de novo: {link}",
        "es": "La autorización no se concedió en Mercado Libre. Si no fue a propósito, abra de nuevo: {link}",
        "en": "The authorization was not granted on Mercado Livre. If that was not intended, open this again: {link}",
    },
    "authorization_failed": {
        "pt-BR": "O Mercado Livre não autorizou a conta e disse: «{words}». Abra de novo: {link}. Se continuar assim, "
        "verifique a aplicação no DevCenter.",
        "es": "Mercado Libre no autorizó la cuenta y dijo: «{words}». Abra de nuevo: {link}. Si sigue así, verifique "
        "la aplicación en el DevCenter.",
        "en": "Mercado Livre did not authorize the account and said: “{words}”. Open this again: {link}. If it stays "
        "so, check the application in DevCenter.",
    },
    "operator_not_allowed": {
        "pt-BR": "Quem entrou no Mercado Livre é um colaborador da conta. Saia, entre como administrador da conta e "
        "abra de novo: {link}",
        "es": "Quien ingresó en Mercado Libre es un colaborador de la cuenta. Salga, ingrese como administrador de la "
        "cuenta y abra de nuevo: {link}",
        "en": "Whoever logged in to Mercado Livre is a collaborator of the account. Log out, log in as the account's "
        "administrator and open this again: {link}",
    },
    "code_expired": {
        "pt-BR": "O Mercado Livre não aceitou o código de autorização: ele vale por dez minutos e uma só vez. Abra de "
        "novo: {link}. Se continuar assim, a URI de redirect no DevCenter deve ser exatamente {redirect_uri}, e a "
        "conta não pode ter dados de identidade pendentes no Mercado Livre.",
        "es": "Mercado Libre no aceptó el código de autorización: vale por diez minutos y una sola vez. Abra de nuevo: "
        "{link}. Si sigue así, la URI de redirect en el DevCenter debe ser exactamente {redirect_uri}, y la cuenta no "
        "puede tener datos de identidad pendientes en Mercado Libre.",
        "en": "Mercado Livre did not accept the authorization code: it is good for ten minutes and only once. Open "
        "this again: {link}. If it stays so, the redirect URI in DevCenter must be exactly {redirect_uri}, and the "
        "account must have no identity data pending on Mercado Livre.",
    },
    "client_refused": {
        "pt-BR": "O Mercado Livre não reconheceu a aplicação ({words}). O App ID ou a chave secreta que a Ponte tem "
        "não são os do DevCenter: quem cuida da instalação deve gravá-los de novo (python -m tools setup). Depois, "
        "abra: {link}",
        "es": "Mercado Libre no reconoció la aplicación ({words}). El App ID o la clave secreta que tiene Ponte no son "
        "los del DevCenter: quien cuida la instalación debe grabarlos de nuevo (python -m tools setup). Después, abra: "
        "{link}",
        "en": "Mercado Livre did not recognise the application ({words}). The App ID or the secret key that Ponte has "
        "is not the one in DevCenter: whoever runs this installation must set it again (python -m tools setup). Then "
        "open: {link}",
    },
    "scopes_refused": {
        "pt-BR": "O Mercado Livre recusou os escopos da aplicação ({words}). No DevCenter, marque read, write e "
        "offline_access, e abra de novo: {link}",
        "es": "Mercado Libre rechazó los permisos de la aplicación ({words}). En el DevCenter, marque read, write y "
        "offline_access, y abra de nuevo: {link}",
        "en": "Mercado Livre refused the scopes of the application ({words}). In DevCenter, tick read, write and "
        "offline_access, and open this again: {link}",
    },
    "application_blocked": {
        "pt-BR": "O Mercado Livre não deixa esta aplicação entrar ({words}): ela está bloqueada ou sem permissão. Veja "
        "o motivo no DevCenter; depois de resolvido, abra de novo: {link}",
        "es": "Mercado Libre no deja entrar a esta aplicación ({words}): está bloqueada o sin permiso. Vea el motivo "
        "en el DevCenter; una vez resuelto, abra de nuevo: {link}",
        "en": "Mercado Livre does not let this application in ({words}): it is blocked or lacks permission. See the "
        "reason in DevCenter; once that is mended, open this again: {link}",
    },
    "code_refused": {
        "pt-BR": "O Mercado Livre recusou o código de autorização ({words}). Verifique no DevCenter a URI de redirect "
        "({redirect_uri}) e a chave secreta, e abra de novo: {link}",
        "es": "Mercado Libre rechazó el código de autorización ({words}). Verifique en el DevCenter la URI de "
        "redirect ({redirect_uri}) y la clave secreta, y abra de nuevo: {link}",
        "en": "Mercado Livre refused the authorization code ({words}). Check the redirect URI ({redirect_uri}) and the "
        "secret key in DevCenter, and open this again: {link}",
    },
    "mercado_livre_away": {
        "pt-BR": "O Mercado Livre não respondeu. Espere um minuto e abra de novo: {link}",
        "es": "Mercado Libre no respondió. Espere un minuto y abra de nuevo: {link}",
        "en": "Mercado Livre did not answer. Wait a minute and open this again: {link}",
    },
    "scopes_missing": {
        "pt-BR": "Atenção: a autorização veio sem {scopes}, e sem isso a Ponte não funciona por muito tempo. Marque os "
        "escopos read, write e offline_access no DevCenter e conecte a conta outra vez: {link}",
        "es": "Atención: la autorización vino sin {scopes}, y sin eso Ponte no funciona por mucho tiempo. Marque los "
        "permisos read, write y offline_access en el DevCenter y conecte la cuenta otra vez: {link}",
        "en": "Beware: the authorization came without {scopes}, and Ponte will not work for long without it. Tick the "
        "scopes read, write and offline_access in DevCenter and connect the account again: {link}",
    },
    "copy_the_address": {
        "pt-BR": "A autorização foi dada. Copie agora o endereço inteiro desta página, da barra do navegador, e cole-o "
        "no terminal que o pediu. Se nenhum terminal pediu, abra: {link}",
        "es": "La autorización se dio. Copie ahora la dirección completa de esta página, de la barra del navegador, y "
        "péguela en la terminal que la pidió. Si ninguna terminal la pidió, abra: {link}",
        "en": "The authorization was given. Now copy the whole address of this page from the browser's address bar, "
        "and paste it into the terminal that asked for it. If no terminal asked, open: {link}",
    },
    "site_unknown": {
        "pt-BR": "O Mercado Livre não tem o país «{site}». Use um destes no endereço: {sites}. Ou abra: {link}",
        "es": "Mercado Libre no tiene el país «{site}». Use uno de estos en la dirección: {sites}. O abra: {link}",
        "en": "Mercado Livre has no country “{site}”. Use one of these in the address: {sites}. Or open: {link}",
    },
    "desk_unknown": {
        "pt-BR": "Esta instalação não tem o atendimento «{desk}». Peça o link certo a quem cuida dela, ou abra: {link}",
        "es": "Esta instalación no tiene la mesa de atención «{desk}». Pida el enlace correcto a quien la cuida, o "
        "abra: {link}",
        "en": "This installation has no desk “{desk}”. Ask whoever runs it for the right link, or open: {link}",
    },
}

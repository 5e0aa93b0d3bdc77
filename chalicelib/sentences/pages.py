"""What a seller reads in the browser while he connects his account."""

from collections.abc import Mapping

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "connected_title": {"pt-BR": "Conta conectada", "es": "Cuenta conectada", "en": "Account connected"},
    "connected": {
        "pt-BR": "A conta {nickname} ({seller_id}) está conectada. A partir de agora, as perguntas e as mensagens de "
        "pós-venda dela chegam ao Chatwoot. Você pode fechar esta página.",
        "es": "La cuenta {nickname} ({seller_id}) está conectada. A partir de ahora, sus preguntas y sus mensajes de "
        "posventa llegan a Chatwoot. Puede cerrar esta página.",
        "en": "The account {nickname} ({seller_id}) is connected. From now on its questions and its messages after a "
        "sale reach Chatwoot. You may close this page.",
    },
    "not_connected_title": {
        "pt-BR": "A conta não foi conectada",
        "es": "La cuenta no se conectó",
        "en": "The account was not connected",
    },
    "one_step_left_title": {"pt-BR": "Falta um passo", "es": "Falta un paso", "en": "One step is left"},
    "state_unknown": {
        "pt-BR": "Este link de autorização já foi usado ou expirou. Abra de novo o link de conexão: {link}",
        "es": "Este enlace de autorización ya se usó o expiró. Abra de nuevo el enlace de conexión: {link}",
        "en": "This authorization link was already used or has expired. Open the connection link again: {link}",
    },
    "authorization_denied": {
        "pt-BR": "A autorização não foi concedida no Mercado Livre. Se não foi essa a intenção, abra o link de "
        "conexão e autorize: {link}",
        "es": "La autorización no se concedió en Mercado Libre. Si no fue esa la intención, abra el enlace de conexión "
        "y autorice: {link}",
        "en": "The authorization was not granted on Mercado Livre. If that was not intended, open the connection link "
        "and allow it: {link}",
    },
    "authorization_failed": {
        "pt-BR": "O Mercado Livre não autorizou a conta e disse: «{words}». Se isso se repetir, quem cuida da "
        "instalação deve verificar a aplicação no DevCenter. Para tentar de novo, abra: {link}",
        "es": "Mercado Libre no autorizó la cuenta y dijo: «{words}». Si se repite, quien se encarga de la instalación "
        "debe revisar la aplicación en el DevCenter. Para intentar de nuevo, abra: {link}",
        "en": "Mercado Livre did not authorize the account and said: “{words}”. If it happens again, whoever runs this "
        "installation should check the application in DevCenter. To try again, open: {link}",
    },
    "operator_not_allowed": {
        "pt-BR": "Quem entrou no Mercado Livre é um colaborador da conta, e só o administrador pode conectá-la. Saia "
        "do Mercado Livre, entre como administrador e abra de novo: {link}",
        "es": "Quien ingresó en Mercado Libre es un colaborador de la cuenta, y solo el administrador puede "
        "conectarla. Salga de Mercado Libre, ingrese como administrador y abra de nuevo: {link}",
        "en": "Whoever logged in to Mercado Livre is a collaborator of the account, and only its administrator can "
        "connect it. Log out of Mercado Livre, log in as the administrator and open this again: {link}",
    },
    "code_expired": {
        "pt-BR": "O Mercado Livre não aceitou o código de autorização: ele vale por dez minutos e uma só vez. Se isso "
        "se repetir, veja se há dados de identidade pendentes na conta do Mercado Livre, e peça a quem cuida da "
        "instalação que confira a URI de redirect no DevCenter: deve ser exatamente {redirect_uri}. Para tentar de "
        "novo, abra: {link}",
        "es": "Mercado Libre no aceptó el código de autorización: vale por diez minutos y una sola vez. Si se repite, "
        "vea si hay datos de identidad pendientes en la cuenta de Mercado Libre, y pida a quien se encarga de la "
        "instalación que revise la URI de redirect en el DevCenter: debe ser exactamente {redirect_uri}. Para "
        "intentar de nuevo, abra: {link}",
        "en": "Mercado Livre did not accept the authorization code: it is good for ten minutes and only once. If it "
        "happens again, see whether identity data is pending in the Mercado Livre account, and ask whoever runs this "
        "installation to check the redirect URI in DevCenter: it must be exactly {redirect_uri}. To try again, open: "
        "{link}",
    },
    "client_refused": {
        "pt-BR": "O Mercado Livre não reconheceu a aplicação ({words}). O App ID ou a chave secreta que a Ponte tem "
        "não são os do DevCenter: quem cuida da instalação deve gravá-los de novo (python -m tools setup). Depois, "
        "abra: {link}",
        "es": "Mercado Libre no reconoció la aplicación ({words}). El App ID o la clave secreta que tiene Ponte no son "
        "los del DevCenter: quien se encarga de la instalación debe guardarlos de nuevo (python -m tools setup). "
        "Después, abra: {link}",
        "en": "Mercado Livre did not recognise the application ({words}). The App ID or the secret key that Ponte has "
        "is not the one in DevCenter: whoever runs this installation must set it again (python -m tools setup). Then "
        "open: {link}",
    },
    "scopes_refused": {
        "pt-BR": "O Mercado Livre recusou os escopos da aplicação ({words}). Quem cuida da instalação deve marcar "
        "read, write e offline_access no DevCenter. Depois, abra de novo: {link}",
        "es": "Mercado Libre rechazó los permisos de la aplicación ({words}). Quien se encarga de la instalación debe "
        "marcar read, write y offline_access en el DevCenter. Después, abra de nuevo: {link}",
        "en": "Mercado Livre refused the scopes of the application ({words}). Whoever runs this installation must tick "
        "read, write and offline_access in DevCenter. Then open this again: {link}",
    },
    "application_blocked": {
        "pt-BR": "O Mercado Livre não deixa esta aplicação entrar ({words}): ela está bloqueada ou sem permissão. Quem "
        "cuida da instalação encontra o motivo no DevCenter. Depois de resolvido, abra de novo: {link}",
        "es": "Mercado Libre no deja entrar a esta aplicación ({words}): está bloqueada o sin permiso. Quien se "
        "encarga de la instalación encuentra el motivo en el DevCenter. Una vez resuelto, abra de nuevo: {link}",
        "en": "Mercado Livre does not let this application in ({words}): it is blocked or lacks permission. Whoever "
        "runs this installation finds the reason in DevCenter. Once that is mended, open this again: {link}",
    },
    "code_refused": {
        "pt-BR": "O Mercado Livre recusou o código de autorização ({words}). Quem cuida da instalação deve conferir no "
        "DevCenter a chave secreta e a URI de redirect ({redirect_uri}). Depois, abra de novo: {link}",
        "es": "Mercado Libre rechazó el código de autorización ({words}). Quien se encarga de la instalación debe "
        "revisar en el DevCenter la clave secreta y la URI de redirect ({redirect_uri}). Después, abra de nuevo: "
        "{link}",
        "en": "Mercado Livre refused the authorization code ({words}). Whoever runs this installation should check the "
        "secret key and the redirect URI ({redirect_uri}) in DevCenter. Then open this again: {link}",
    },
    "mercado_livre_away": {
        "pt-BR": "O Mercado Livre não respondeu. Espere um minuto e abra de novo: {link}",
        "es": "Mercado Libre no respondió. Espere un minuto y abra de nuevo: {link}",
        "en": "Mercado Livre did not answer. Wait a minute and open this again: {link}",
    },
    "scopes_missing": {
        "pt-BR": "Atenção: a autorização veio sem {scopes}, e assim a Ponte não funcionará bem ou deixará de funcionar "
        "em poucas horas. Quem cuida da instalação deve marcar os escopos read, write e offline_access no DevCenter. "
        "Depois, conecte a conta outra vez: {link}",
        "es": "Atención: la autorización vino sin {scopes}, y así Ponte no funcionará bien o dejará de funcionar en "
        "pocas horas. Quien se encarga de la instalación debe marcar los permisos read, write y offline_access en el "
        "DevCenter. Después, conecte la cuenta otra vez: {link}",
        "en": "Attention: the authorization came without {scopes}, so that Ponte will not work well, or will stop "
        "within hours. Whoever runs this installation must tick the scopes read, write and offline_access in "
        "DevCenter. Then connect the account again: {link}",
    },
    "copy_the_address": {
        "pt-BR": "A autorização foi concedida. Agora copie o endereço inteiro desta página, da barra do navegador, e "
        "cole-o no terminal que o pediu. Se nenhum terminal o pediu, abra: {link}",
        "es": "La autorización fue concedida. Ahora copie la dirección completa de esta página, de la barra del "
        "navegador, y péguela en la terminal que la pidió. Si ninguna terminal la pidió, abra: {link}",
        "en": "The authorization was granted. Now copy the whole address of this page from the browser's address bar, "
        "and paste it into the terminal that asked for it. If no terminal asked, open: {link}",
    },
    "site_unknown": {
        "pt-BR": "«{called}» não é o código de um país do Mercado Livre. Use um destes no endereço: {sites}. Ou abra: "
        "{link}",
        "es": "«{called}» no es el código de un país de Mercado Libre. Use uno de estos en la dirección: {sites}. O "
        "abra: {link}",
        "en": "“{called}” is not the code of a country of Mercado Livre. Use one of these in the address: {sites}. Or "
        "open: {link}",
    },
    "desk_unknown": {
        "pt-BR": "Esta instalação não tem a mesa de atendimento «{called}». Peça o link certo a quem cuida dela. Se "
        "ela acaba de ser criada, espere dez minutos.",
        "es": "Esta instalación no tiene la mesa de atención «{called}». Pida el enlace correcto a quien se encarga de "
        "ella. Si se acaba de crear, espere diez minutos.",
        "en": "This installation has no desk “{called}”. Ask whoever runs it for the right link. If it was made just "
        "now, wait ten minutes.",
    },
}

"""A desk beside the first, called `loja2`."""

import json

from simulators.chatwoot import Chatwoot
from tests.harness import BridgeUnderTest
from tools.chatwoot_setup import ChatwootAccount, ChatwootSetup


def set_up_second_desk(bridge: BridgeUnderTest, chatwoot: Chatwoot, token: str, *, desk: str = "") -> ChatwootSetup:
    """Give it inboxes in a Chatwoot, and an address with this token. `desk` names them where others are there."""
    url = f"{bridge.url}/webhook/chatwoot/{token}"
    setup = ChatwootAccount(chatwoot.base_url, 1, chatwoot.admin_token).set_up(url, desk=desk)
    settings = {
        "CHATWOOT_URL": chatwoot.base_url,
        "CHATWOOT_ACCOUNT_ID": "1",
        "CHATWOOT_TOKEN": chatwoot.admin_token,
        "CHATWOOT_WEBHOOK_TOKEN": token,
        "CHATWOOT_WEBHOOK_SECRETS": json.dumps(setup.secrets),
        "CHATWOOT_QUESTIONS_INBOX_ID": str(setup.questions_inbox_id),
        "CHATWOOT_SALES_INBOX_ID": str(setup.sales_inbox_id),
    }
    bridge.set(CHATWOOT_DESK_LOJA2=json.dumps(settings))
    return setup

"""A stand-in for a self-hosted Chatwoot: it keeps state, refuses what Chatwoot refuses and sends signed webhooks.

Facts come from the source of Chatwoot v4.15.1; a comment names the file. Where a request goes:
`access` lets it in, a module per noun (`contacts`, `conversations`, `messages`, `inboxes`, `setup_objects`) changes
the `state` and shapes the answer with `views`, and `webhooks` puts what happened in the outbox with `payloads`.
"""

from simulators.chatwoot.records import Upload
from simulators.chatwoot.simulator import Chatwoot

__all__ = ["Chatwoot", "Upload"]

"""How the steps of a delivery say that a reply cannot be sent."""


class NotSendable(Exception):
    """The reply will not be sent as it is; `reason` is the sentence for its agent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

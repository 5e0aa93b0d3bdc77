"""An AWS inside this process: moto's server on loopback."""

import logging
import os

from moto.server import ThreadedMotoServer

REGION = "us-east-1"
ACCOUNT = "123456789012"


class EmbeddedAWS:
    """SQS, DynamoDB, SSM and CloudFormation, empty at start and gone at the end."""

    def __init__(self) -> None:
        # One line for each call would drown what the runner has to say.
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.url = f"http://{host}:{port}"

    @property
    def environment(self) -> dict[str, str]:
        """What makes boto3, and the bridge, talk to it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }

    def enter_environment(self) -> None:
        """Make this process use it, and nothing that was set up for a real account."""
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_SQS"):
            os.environ.pop(name, None)
        os.environ.update(self.environment)

    def stop(self) -> None:
        self._server.stop()

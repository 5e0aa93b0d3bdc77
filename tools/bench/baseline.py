"""What the receipt of a notification is measured against: Chalice, one route, one boto3 send, and nothing else."""

import json
import os

import boto3
from chalice.app import Chalice

app = Chalice(app_name="baseline")
sqs = boto3.client("sqs")


@app.route("/webhook/mercado-livre/{token}", methods=["POST"], content_types=["*/*"])
def receive_notification(token: str) -> dict[str, str]:  # noqa: ARG001 - Chalice passes what the path holds
    request = app.current_request
    assert request  # noqa: S101 - Chalice types it as optional because there is none outside of a route
    sqs.send_message(QueueUrl=os.environ["NOTIFICATIONS_QUEUE_URL"], MessageBody=json.dumps(request.json_body))
    return {"status": "ok"}

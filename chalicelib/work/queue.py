"""Puts jobs on SQS with nothing but the standard library.

Receipt must be acknowledged within 500 ms even from a cold start, and importing boto3 and building its SQS client
costs more than all the rest of the receipt path. So this one call is signed and sent here: AWS Signature Version 4,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, and the JSON protocol of
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html.
"""

import hashlib
import hmac
import http.client
import json
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from chalicelib.errors import TryAgainLater

TIMEOUT_SECONDS = 3.0
MOST_AT_ONCE = 10


class Queue:
    """One SQS queue; `send` raises TryAgainLater when the message may not be there.

    Sending again what was sent is harmless: hints are idempotent, and a FIFO queue drops a repeated deduplication id.
    """

    def __init__(self, url: str, environ: Mapping[str, str], clock: Callable[[], datetime]) -> None:
        self.url = url
        self._environ = environ
        self._clock = clock
        self._connections = threading.local()
        # Reading the certificate authorities takes longer than all else here, so it is done while Lambda initialises.
        self._tls = ssl.create_default_context() if self._endpoint().startswith("https:") else None

    def send(self, body: str, *, group: str = "", deduplication_id: str = "", delay_seconds: int = 0) -> None:
        """Put one message on the queue; `group` and `deduplication_id` are for a FIFO queue, a delay for any other."""
        message: dict[str, str | int] = {"QueueUrl": self.url, "MessageBody": body}
        if delay_seconds:
            message["DelaySeconds"] = delay_seconds
        if group:
            message |= {"MessageGroupId": group, "MessageDeduplicationId": deduplication_id}
        self._call("SendMessage", message)

    def send_many(self, messages: Sequence[tuple[str, int]]) -> None:
        """Put small messages, each with its delay in seconds, on a queue that is no FIFO queue.

        Ten of them cost as much as one. Where it raises, some may be there.
        """
        for start in range(0, len(messages), MOST_AT_ONCE):
            entries = [
                {"Id": str(number), "MessageBody": body, "DelaySeconds": delay_seconds}
                for number, (body, delay_seconds) in enumerate(messages[start : start + MOST_AT_ONCE])
            ]
            answer = self._call("SendMessageBatch", {"QueueUrl": self.url, "Entries": entries})
            if failed := json.loads(answer).get("Failed"):
                raise TryAgainLater(f"the queue did not take {len(failed)} messages: {failed[0].get('Code')}")

    def _call(self, action: str, message: Mapping[str, object]) -> bytes:
        payload = json.dumps(message).encode()
        headers = self._sign(action, payload)
        try:
            status, answer = self._post(payload, headers)
        except (OSError, http.client.HTTPException):
            # A kept connection may have been closed while the container slept; a fresh one tells.
            self._disconnect()
            try:
                status, answer = self._post(payload, headers)
            except (OSError, http.client.HTTPException) as error:
                self._disconnect()
                raise TryAgainLater(f"the queue did not answer: {type(error).__name__}") from error
        if status != http.client.OK:
            raise TryAgainLater(f"the queue answered {status}: {answer[:200].decode(errors='replace')}")
        return answer

    def _post(self, payload: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        connection = self._connect()
        connection.request("POST", "/", payload, dict(headers))
        response = connection.getresponse()
        return response.status, response.read()

    def _connect(self) -> http.client.HTTPConnection:
        kept: http.client.HTTPConnection | None = getattr(self._connections, "kept", None)
        if kept is None:
            endpoint = urlsplit(self._endpoint())
            if self._tls:
                kept = http.client.HTTPSConnection(endpoint.netloc, timeout=TIMEOUT_SECONDS, context=self._tls)
            else:
                kept = http.client.HTTPConnection(endpoint.netloc, timeout=TIMEOUT_SECONDS)
            self._connections.kept = kept
        return kept

    def _disconnect(self) -> None:
        self._connect().close()
        del self._connections.kept

    def _endpoint(self) -> str:
        configured = self._environ.get("AWS_ENDPOINT_URL_SQS") or self._environ.get("AWS_ENDPOINT_URL")
        return configured or f"https://sqs.{self._region()}.amazonaws.com"

    def _region(self) -> str:
        return self._environ.get("AWS_REGION") or self._environ.get("AWS_DEFAULT_REGION") or "us-east-1"

    def _sign(self, action: str, payload: bytes) -> dict[str, str]:
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "host": urlsplit(self._endpoint()).netloc,
            "x-amz-target": f"AmazonSQS.{action}",
        }
        if session_token := self._environ.get("AWS_SESSION_TOKEN"):
            headers["x-amz-security-token"] = session_token
        return sign(
            "POST",
            "/",
            headers,
            payload,
            key_id=self._environ["AWS_ACCESS_KEY_ID"],
            secret_key=self._environ["AWS_SECRET_ACCESS_KEY"],
            region=self._region(),
            service="sqs",
            moment=self._clock().strftime("%Y%m%dT%H%M%SZ"),
        )


def sign(
    method: str,
    path: str,
    headers: Mapping[str, str],
    payload: bytes,
    *,
    key_id: str,
    secret_key: str,
    region: str,
    service: str,
    moment: str,
) -> dict[str, str]:
    """The headers (names in lower case) with `x-amz-date` and `authorization` added; no query string."""
    headers = {**headers, "x-amz-date": moment}
    names = ";".join(sorted(headers))
    listed = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    request = f"{method}\n{path}\n\n{listed}\n{names}\n{hashlib.sha256(payload).hexdigest()}"
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    credential = f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": credential}

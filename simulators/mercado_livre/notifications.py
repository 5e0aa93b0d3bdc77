"""Notifications to the application: envelopes, retries, and the missed feeds where lost ones end.

https://developers.mercadolivre.com.br/pt_br/produto-receba-notificacoes
"""

import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, request

from simulators.mercado_livre import errors
from simulators.mercado_livre.core import Core, answer, read_number
from simulators.mercado_livre.dates import utc_milliseconds
from simulators.mercado_livre.state import MissedFeed
from simulators.service import Webhook, dump_json

# Eight attempts within one hour with growing spacing are documented; the spacing itself is not.
ATTEMPT_MINUTES = (0, 1, 3, 7, 14, 25, 40, 60)
KEPT_MISSED = timedelta(days=2)
SENDING_TIME = timedelta(milliseconds=22)
HEADERS = {"accept": "application/json", "content-type": "application/json"}

# What the official samples show: some topics carry the user id as a string, typed ones have `id` for `_id`.
TOPICS_WITH_STRING_USER_ID = ("questions", "catalog_item_competition_status")
TOPICS_WITH_PLAIN_ID = ("messages", "post_purchase")
TOPICS_WITH_UUID = ("items", "items_prices", "messages", "post_purchase")


class Notifications(Core):
    """Sends what changed, and remembers what could not be delivered."""

    def notify(self, topic: str, resource: str, seller_id: int, **extra: Any) -> None:
        """Emit any notification; `extra` adds or replaces fields of the envelope, or with None removes one."""
        with self.lock:
            if not (self.notifications_enabled and self.notification_url):
                return
            for _ in range(self.duplicate_notifications):
                delivery = Delivery(self._make_notification(topic, resource, seller_id, extra), self.clock())
                if self.notifications_to_drop > 0:
                    self.notifications_to_drop -= 1
                    last = {**delivery.notification, "attempts": len(ATTEMPT_MINUTES)}
                    self._keep_missed(delivery, last, http_code=0)
                else:
                    self._send_attempt(delivery, attempt=1)

    def drop_notifications(self, times: int) -> None:
        """The next notifications fail all their attempts: they are found in the missed feeds at once."""
        with self.lock:
            self.notifications_to_drop = times

    def _notify_change(self, topic: str, resource: str, seller_id: int, **extra: Any) -> None:
        if self.notifies_only_authorized_sellers and seller_id not in self.state.grants:
            return
        self.notify(topic, resource, seller_id, **extra)

    def _make_notification(self, topic: str, resource: str, seller_id: int, extra: dict[str, Any]) -> dict[str, Any]:
        now = self.clock()
        notification: dict[str, Any] = {
            "id" if topic in TOPICS_WITH_PLAIN_ID and "actions" in extra else "_id": (
                str(uuid.uuid4()) if topic in TOPICS_WITH_UUID else secrets.token_hex(12)
            ),
            "resource": resource,
            "user_id": str(seller_id) if topic in TOPICS_WITH_STRING_USER_ID else seller_id,
            "topic": topic,
            "application_id": self.app_id,
            "attempts": 1,
            # Seen in the samples: `received` is when the event came into the feed, a little before `sent`.
            "sent": utc_milliseconds(now + SENDING_TIME),
            "received": utc_milliseconds(now),
        }
        return {name: value for name, value in {**notification, **extra}.items() if value is not None}

    def _send_attempt(self, delivery: "Delivery", attempt: int) -> None:
        """Put one attempt in the outbox. Whether a redelivery keeps its id is not documented; here it does."""
        state = self.state
        due = delivery.emitted + timedelta(minutes=ATTEMPT_MINUTES[attempt - 1])
        notification = {**delivery.notification}
        if attempt > 1:
            notification |= {"attempts": attempt, "sent": utc_milliseconds(due + SENDING_TIME)}

        def settle(status: int, reason: str) -> None:
            # Only HTTP 200 counts as received.
            with self.lock:
                if status == 200 or state is not self.state:
                    return
                if attempt < len(ATTEMPT_MINUTES):
                    self._send_attempt(delivery, attempt + 1)
                else:
                    self._keep_missed(delivery, notification, status)

        self.send_webhook(self.notification_url, dump_json(notification), dict(HEADERS), settle, due)

    def _keep_missed(self, delivery: "Delivery", notification: dict[str, Any], http_code: int) -> None:
        first_body = dump_json(delivery.notification).decode()
        kept_until = self.clock() + KEPT_MISSED
        self.state.missed_feeds.append(
            MissedFeed(notification, self.notification_url, first_body, http_code, kept_until)
        )

    def _describe_webhook(self, webhook: Webhook) -> str:
        notification = json.loads(webhook.body)
        return f"{webhook.url} {notification.get('topic')} {notification.get('resource')}"

    def _add_routes(self) -> None:
        super()._add_routes()

        @self.api_route("GET", "/missed_feeds")
        def list_missed_feeds(caller: int) -> Response:
            """Reading acknowledges nothing: an entry comes back until it is two days old."""
            app_id, topic = request.args.get("app_id", ""), request.args.get("topic", "")
            if not app_id:
                raise errors.bad_request("app_id is required")
            if app_id != str(self.app_id):
                raise errors.access_denied()
            if topic == "items" and not request.args.get("site_id"):
                raise errors.bad_request("site_id is required for topic items")
            offset, limit = read_number("offset", 0), read_number("limit", 10)
            site_id, now = request.args.get("site_id", ""), self.clock()
            kept = [
                missed
                for missed in self.state.missed_feeds
                if missed.kept_until > now and self._is_asked_for(missed.notification, topic, site_id)
            ]
            return answer({"messages": [_view_missed(missed) for missed in kept[offset : offset + limit]]})

    def _is_asked_for(self, notification: dict[str, Any], topic: str, site_id: str) -> bool:
        """The sample shows listings beside the rest; that they may not come without their site is our suspicion."""
        if notification.get("topic") != "items":
            return topic in ("", notification.get("topic"))
        if not topic:
            return not self.missed_listings_want_a_site
        return topic == "items" and f"/{site_id}" in str(notification.get("resource"))


@dataclass(frozen=True)
class Delivery:
    """One notification on its way, as it was at the first attempt."""

    notification: dict[str, Any]
    emitted: datetime


def _view_missed(missed: MissedFeed) -> dict[str, Any]:
    envelope = {("_id" if name == "id" else name): value for name, value in missed.notification.items()}
    # `data` is a JSON string. Times and headers of the response are invented; 0 stands for no answer (not documented).
    return {
        **envelope,
        "request": {
            "url": missed.request_url,
            "headers": {**HEADERS, "content-length": len(missed.request_body.encode())},
            "data": missed.request_body,
        },
        "response": {
            "req_time": 500,
            "http_code": missed.http_code,
            "body": "[object Object]",
            "headers": {"content-type": "application/json; charset=utf-8"},
        },
    }

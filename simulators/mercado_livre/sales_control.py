"""The acts of sales and messages as JSON routes under /_control/sales, and how a page is shown them."""

import base64
import binascii
from typing import Any

from simulators.mercado_livre import errors
from simulators.mercado_livre.acts import Acts, Kinds
from simulators.mercado_livre.attachments import File
from simulators.mercado_livre.claims import Claims
from simulators.mercado_livre.dates import utc_milliseconds
from simulators.mercado_livre.labels import Labels
from simulators.mercado_livre.sending import Sending
from simulators.mercado_livre.state import Attachment, Claim, Message, Sale

SALES_SWITCHES: Kinds = {
    "search_hides_cancelled": bool,
    "messages_not_found": int,
    "legacy_message_shape": bool,
    "max_messages_listed": (int, type(None)),
    "newest_first": bool,
    "page_limit_max": int,
    "omits_max_lengths": bool,
    "user_ids_as_text": bool,
    "lacks_dates": bool,
    "lacks_resource_ids": bool,
    "claim_key": str,
    "seller_max_message_length": int,
    "block_envelope": str,
    "send_gives_no_id": bool,
    "next_moderation": str,
    "holds_messages": bool,
    "order_fields_missing": list,
    "labels_come_zipped": bool,
    "label_envelope": str,
}
SALES_CHOICES = {
    "claim_key": ("claim_id", "claim_ids"),
    "block_envelope": ("code", "cause"),
    "label_envelope": ("failed_shipments", "standard"),
}

CANCELLATION: Kinds = {"requested_by": str, "group": str, "code": str, "description": str}
RESOLUTION: Kinds = {"reason": str, "closed_by": str, "benefited": str}


class SalesControl(Acts, Sending, Claims, Labels):
    def _add_routes(self) -> None:
        super()._add_routes()
        act = self._add_act
        act(
            "/sales",
            self.buy,
            buyer_id=int,
            item_id=str,
            optional={
                "quantity": int,
                "in_pack": bool,
                "logistic_type": str,
                "variation": dict,
                "is_paid": bool,
                "has_invoice": bool,
            },
        )
        act("/sales/<int:pack_id>/orders", self.add_to_pack, item_id=str, optional={"quantity": int})
        act("/sales/orders/<int:order_id>/split", self.split_off, optional={"in_pack": bool})
        act("/sales/orders/<int:order_id>/status", self.set_order_status, status=str)
        act("/sales/orders/<int:order_id>/refund", self.refund, optional={"amount": (int, float), "to_account": bool})
        act("/sales/orders/<int:order_id>/flag_fraud", self.flag_fraud)
        act("/sales/orders/<int:order_id>/touch", self.touch_order)
        act("/sales/<int:thread_id>/pay", self.pay, optional={"has_invoice": bool})
        act("/sales/<int:thread_id>/issue_invoice", self.issue_invoice)
        act("/sales/<int:thread_id>/hand_over", self.hand_over)
        act("/sales/<int:thread_id>/carry", self.carry, event=str)
        act("/sales/<int:thread_id>/delay", self.delay, optional={"days": int})
        act("/sales/<int:thread_id>/touch", self.touch_shipment)
        act("/sales/<int:thread_id>/cancel", self.cancel, optional=CANCELLATION)
        act("/sales/<int:pack_id>/split", self.split)
        act(
            "/sales/<int:thread_id>/claims",
            self.open_claim,
            optional={"reason_id": str, "kind": str, "about": str, "due_days": int},
        )
        act("/claims/<int:claim_id>/mediate", self.mediate_claim)
        act("/claims/<int:claim_id>/change", self.change_claim, action=str, optional={"due_days": int})
        act("/claims/<int:claim_id>/close", self.close_claim, optional=RESOLUTION)
        act("/sales/<int:thread_id>/shipment", self.set_shipment_status, status=str, optional={"substatus": str})
        act(
            "/sales/<int:thread_id>/messages",
            self._write_from_json,
            text=str,
            optional={"attachments": list, "threat": bool, "status": str, "moderation": str},
        )
        act(
            "/sales/<int:thread_id>/native_messages",
            self._write_natively_from_json,
            text=str,
            optional={"attachments": list},
        )
        act("/sales/<int:thread_id>/read", self.read_messages)
        act("/sales/<int:thread_id>/migrate", self.migrate)
        act("/sales/<int:thread_id>/block", self.block, substatus=str)
        act("/sales/<int:thread_id>/unblock", self.unblock)
        act("/sales/messages/<message_id>/moderate", self.moderate, reason=str)
        act("/sales/messages/<message_id>/release", self.release_message, optional={"text": str})
        act("/sales/messages/<message_id>/hide", self.hide_from_pack)
        act("/sales/messages/<message_id>/show", self.show_in_pack)
        act("/sales/files/<filename>/fail", self.fail_file, how=str)
        act("/sales/uploads/expire", self.expire_uploads)

    def _write_from_json(
        self,
        thread_id: int,
        text: str,
        attachments: list[Any] | None = None,
        threat: bool = False,
        status: str = "available",
        moderation: str = "clean",
    ) -> str:
        files = [_read_file(file) for file in attachments or []]
        return self.write(thread_id, text, files, threat=threat, status=status, moderation=moderation)

    def _write_natively_from_json(self, thread_id: int, text: str, attachments: list[Any] | None = None) -> str:
        return self.write_natively(thread_id, text, [_read_file(file) for file in attachments or []])

    def _view_sales(self) -> list[dict[str, Any]]:
        """Newest first."""
        return [self._view_sale(sale) for sale in reversed(self.state.sales.values())]

    def _view_sale(self, sale: Sale) -> dict[str, Any]:
        return {
            "thread_id": sale.id,
            "in_pack": sale.in_pack,
            "seller_id": sale.seller_id,
            "buyer_id": sale.buyer_id,
            "buyer_nickname": self.state.buyers[sale.buyer_id].nickname,
            "items": [{"title": order.title, "quantity": order.quantity} for order in sale.orders],
            "orders": [order.id for order in sale.orders],
            "order_status": sale.orders[0].status,
            "shipment_status": sale.shipment.status,
            "shipment_substatus": sale.shipment.substatus,
            "logistic_type": sale.shipment.logistic_type,
            "was_split": sale.was_split,
            "claims": [self._view_known_claim(claim) for claim in self.claims_of(sale.orders[0].id)],
            "migrated": sale.migrated,
            "blocked_substatus": sale.substatus,
            "can_buyer_write": True,
            "date_created": utc_milliseconds(sale.date_created),
            "messages": [self._view_written(sale, message) for message in sale.messages],
        }

    def _view_known_claim(self, claim: Claim) -> dict[str, Any]:
        return {"id": claim.id, "status": claim.status, "stage": claim.stage, "reason_id": claim.reason_id}

    def _view_written(self, sale: Sale, message: Message) -> dict[str, Any]:
        authors = {sale.seller_id: "seller", sale.buyer_id: "buyer"}
        return {
            "id": message.id,
            "from": authors.get(message.from_user_id, "agent"),
            "text": message.text,
            "status": message.status,
            "moderation_reason": message.moderation_reason,
            "lost": message.lost,
            "read": message.read is not None,
            "date_created": utc_milliseconds(message.date_created),
            "attachments": [self._view_file(attachment) for attachment in message.attachments],
        }

    def _view_file(self, attachment: Attachment) -> dict[str, Any]:
        return {
            "filename": attachment.filename,
            "original_filename": attachment.original_filename,
            "type": attachment.content_type,
            "size": len(attachment.content),
            "threat": attachment.threat,
            "url": f"{self.base_url}/_control/files/{attachment.filename}",
        }


def _read_file(file: Any) -> File:
    """`{"filename", "type", "content"}`, the content in base64."""
    try:
        name, kind, content = file["filename"], file["type"], base64.b64decode(file["content"], validate=True)
    except (KeyError, TypeError, binascii.Error) as error:
        raise errors.bad_request("an attachment has filename, type, and content in base64") from error
    if not (isinstance(name, str) and isinstance(kind, str)):
        raise errors.bad_request("filename and type of an attachment are text")
    return name, kind, content

"""Stored files: a lasting address that redirects to one that does not last. [gem Active Storage]"""

import secrets
from datetime import datetime, timedelta
from urllib.parse import quote

from flask import Response, request

from tools.simulators.chatwoot.access import Router
from tools.simulators.chatwoot.errors import ApiError
from tools.simulators.chatwoot.records import Blob
from tools.simulators.chatwoot.state import State

DISK_URL_LIFETIME = timedelta(minutes=5)


def add_routes(router: Router, state: State) -> None:
    """No token is asked for."""
    disk_urls: dict[str, tuple[Blob, datetime]] = {}

    @router.public("GET", "/rails/active_storage/blobs/redirect/<signed_id>/<filename>")
    def redirect_to_file(signed_id: str, filename: str) -> Response:
        blob = state.blobs.get(signed_id)
        if not blob:
            raise ApiError(404, None)
        key = secrets.token_urlsafe(24)
        disk_urls[key] = (blob, state.clock() + DISK_URL_LIFETIME)
        location = f"{request.host_url}rails/active_storage/disk/{key}/{quote(blob.filename, safe='')}"
        return Response(status=302, headers={"Location": location})

    @router.public("GET", "/rails/active_storage/representations/redirect/<signed_id>/<variation>/<filename>")
    def redirect_to_thumbnail(signed_id: str, variation: str, filename: str) -> Response:
        """The thumbnail is the whole image."""
        answer: Response = redirect_to_file(signed_id, filename)
        return answer

    @router.public("GET", "/rails/active_storage/disk/<key>/<filename>")
    def send_file(key: str, filename: str) -> Response:
        blob, expires_at = disk_urls.get(key, (None, state.clock()))
        if not blob or state.clock() >= expires_at:
            raise ApiError(404, None)
        headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(blob.filename)}"}
        return Response(blob.content, 200, headers, content_type=blob.content_type)

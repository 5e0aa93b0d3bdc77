"""Stored files: a lasting address that redirects to one that does not last. [gem Active Storage]"""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response, request

from simulators.chatwoot.access import Router
from simulators.chatwoot.errors import ApiError
from simulators.chatwoot.records import Blob
from simulators.chatwoot.state import State

if TYPE_CHECKING:
    from simulators.chatwoot.simulator import Chatwoot

DISK_URL_LIFETIME = timedelta(minutes=5)


def add_routes(router: Router, state: State, chatwoot: "Chatwoot") -> None:
    """No token is asked for."""
    disk_urls: dict[str, tuple[Blob, datetime]] = {}

    @router.public("GET", "/rails/active_storage/blobs/redirect/<signed_id>/<filename>")
    def redirect_to_file(signed_id: str, filename: str) -> Response:
        blob = state.blobs.get(signed_id)
        if not blob:
            raise ApiError(404, None)
        if chatwoot.redirect_files_to:
            return Response(status=302, headers={"Location": chatwoot.redirect_files_to})
        key = secrets.token_urlsafe(24)
        disk_urls[key] = (blob, state.clock() + DISK_URL_LIFETIME)
        location = f"{request.host_url}rails/active_storage/disk/{key}/{quote(blob.safe_filename, safe='')}"
        return Response(status=302, headers={"Location": location})

    @router.public("GET", "/rails/active_storage/representations/redirect/<signed_id>/<variation>/<filename>")
    def redirect_to_thumbnail(signed_id: str, variation: str, filename: str) -> Response:
        """The thumbnail is the whole image."""
        answer: Response = redirect_to_file(signed_id, filename)
        return answer

    @router.public("GET", "/rails/active_storage/disk/<key>/<filename>")
    def send_file(key: str, filename: str) -> Response:
        """A blob's row is there before its content is uploaded, so the redirect may lead to nothing for a while."""
        blob, expires_at = disk_urls.get(key, (None, state.clock()))
        if not blob or blob.signed_id not in state.blobs or state.clock() >= expires_at:
            raise ApiError(404, None)
        if chatwoot.files_not_there > 0:
            chatwoot.files_not_there -= 1
            raise ApiError(404, None)
        headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(blob.filename)}"}
        return Response(blob.content, 200, headers, content_type=blob.content_type)

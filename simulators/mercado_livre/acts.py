"""How an act becomes a JSON route under /_control/."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from simulators.mercado_livre import errors
from simulators.mercado_livre.core import Core, answer

Kind = type | tuple[type, ...]
Kinds = Mapping[str, Kind]


class Acts(Core):
    def _add_act(self, rule: str, run: Callable[..., Any], *, optional: Kinds | None = None, **required: Kind) -> None:
        """POST `rule` runs an act with its path values and the named fields of the JSON body."""

        def view(**path: Any) -> Response:
            fields = {**_read_fields(required, optional or {}), **path}
            try:
                inspect.signature(run).bind(**fields)
            except TypeError as error:
                raise errors.bad_request(str(error)) from error
            result = run(**fields)
            return answer({} if result is None else {"id": result})

        self.flask.add_url_rule(f"/_control{rule}", f"act {rule}", view, methods=["POST"])


def is_kind(value: Any, kind: Kind) -> bool:
    """Unlike `isinstance` this takes no truth value for a number."""
    return type(value) in (kind if isinstance(kind, tuple) else (kind,))


def _read_fields(required: Kinds, optional: Kinds) -> dict[str, Any]:
    body = request.get_json(silent=True) if required or (optional and request.data) else {}
    if not isinstance(body, dict):
        raise errors.bad_request("the body must be a JSON object")
    for name, kind in {**required, **optional}.items():
        if name in optional and name not in body:
            continue
        if not is_kind(body.get(name), kind):
            raise errors.bad_request(f"{name} is missing or of the wrong type")
    return body

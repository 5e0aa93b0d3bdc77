"""Makes boto3 and moto do once what they do anew for each session and each stack; what they answer stays the same.

Most of a test's time would be theirs. What is replaced are functions of theirs, never ours.
"""

import copy
import functools
from typing import Any

import botocore.session
import moto.core.responses
from botocore.model import Shape
from moto.cloudformation.models import Stack
from moto.core.serialize import BaseJSONSerializer


def quicken() -> None:
    """For this process and for good; repeating is safe."""
    if hasattr(botocore.session.create_loader, "cache_info"):
        return
    # Every session reads the descriptions of its services from the disk, some megabytes of JSON.
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)
    parse_template = functools.cache(Stack.parse_template)
    # Each stack changes the one it has.
    Stack.parse_template = staticmethod(lambda template: copy.deepcopy(parse_template(template)))
    # Every request looks through its class for the names of its methods.
    moto.core.responses.method_names_from_class = functools.cache(moto.core.responses.method_names_from_class)
    BaseJSONSerializer._serialize_type_structure = _quick(BaseJSONSerializer._serialize_type_structure)


def _quick(serialize: Any) -> Any:
    """The same for a value of DynamoDB, without looking under five names for each of the nine kinds that it is not."""

    @functools.wraps(serialize)
    def quick(self: BaseJSONSerializer, serialized: Any, value: Any, shape: Shape, key: str) -> None:
        if shape.name != "AttributeValue" or not isinstance(value, dict):
            serialize(self, serialized, value, shape, key)
            return
        wrapper: dict[str, Any] = {}
        for kind, content in value.items():
            self._serialize(wrapper, content, shape.members[kind], kind)
        self._default_serialize(serialized, wrapper, shape, key)

    return quick

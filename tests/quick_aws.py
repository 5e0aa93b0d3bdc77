"""Makes boto3 and moto do once what they do anew for each session and each stack; what they answer stays the same.

Most of a test's time would be theirs. What is replaced are functions of theirs, never ours.
"""

import copy
import functools

import botocore.session
from moto.cloudformation.models import Stack


def quicken() -> None:
    """For this process and for good; repeating is safe."""
    if hasattr(botocore.session.create_loader, "cache_info"):
        return
    # Every session reads the descriptions of its services from the disk, some megabytes of JSON.
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)
    parse_template = functools.cache(Stack.parse_template)
    # Each stack changes the one it has.
    Stack.parse_template = staticmethod(lambda template: copy.deepcopy(parse_template(template)))

"""Brings what the settings say into the environment of functions that are deployed already.

What stands there is read without asking anybody, and a function whose environment changes starts anew, so that it
reads all other settings anew too.
"""

from typing import Any

from boto3.session import Session
from botocore.exceptions import ClientError

from tools.deploy import make_environment
from tools.provision import read_settings, read_stack
from tools.workers import FUNCTION_SUFFIXES


def tell_functions(session: Session, stage: str) -> bool:
    """Have every function know the settings as they are now; false where that cannot be done from here.

    Repeating is safe, and touches no function that knows them.
    """
    client: Any = session.client("lambda")
    try:
        wanted = make_environment(read_stack(session, stage), read_settings(session, stage))
        for suffix in FUNCTION_SUFFIXES:
            name = f"ponte-{stage}{suffix}"
            variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
            if not variables.items() >= wanted.items():
                client.update_function_configuration(
                    FunctionName=name, Environment={"Variables": {**variables, **wanted}}
                )
                client.get_waiter("function_updated_v2").wait(FunctionName=name)
    except ClientError:
        # Not deployed yet, or not for whoever this is to change: then a deployment does it.
        return False
    return True

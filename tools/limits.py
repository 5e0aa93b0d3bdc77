"""How much runs at once, so that a flood of one thing takes nothing from the receipt of webhooks.

An account may run ten functions at once, or a thousand; the default leaves two of ten for what comes in.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
"""

from contextlib import suppress
from typing import Any

from boto3.session import Session

# As few as AWS takes.
FEWEST_AT_ONCE = 2

RECEIPTS_AT_ONCE = 50

# Calls a second, and how many may come at once. A webhook takes some 20 ms; the pages are for people.
API_STAGE = "api"
WEBHOOK_LIMITS = {"rateLimit": 200, "burstLimit": 400}
PAGE_LIMITS = {"rateLimit": 10, "burstLimit": 20}
LIMITS_BY_METHOD = {
    "/webhook/mercado-livre/{token}/POST": WEBHOOK_LIMITS,
    "/webhook/chatwoot/{token}/POST": WEBHOOK_LIMITS,
    "/oauth/mercado-livre/start/GET": PAGE_LIMITS,
    "/oauth/mercado-livre/callback/GET": PAGE_LIMITS,
    "/health/GET": PAGE_LIMITS,
}


def workers_at_once(jobs_at_once: int) -> dict[str, int]:
    """By function, how many of it may run at once where so many jobs on threads may."""
    return {
        "resolve_notification": max(FEWEST_AT_ONCE, jobs_at_once // 2),
        "work_on_thread": jobs_at_once,
        "work_in_background": FEWEST_AT_ONCE,
    }


def limit_api(session: Session, api_id: str) -> None:
    """Set how often each route may be called. Repeating is safe."""
    client: Any = session.client("apigateway")
    client.update_stage(
        restApiId=api_id,
        stageName=API_STAGE,
        patchOperations=[
            {"op": "replace", "path": f"{_escaped(method)}/throttling/{name}", "value": str(value)}
            for method, limits in LIMITS_BY_METHOD.items()
            for name, value in limits.items()
        ],
    )


def reserve_receipts(session: Session, stage: str) -> bool:
    """Keep room for the receipt of webhooks, whatever else runs; false where the account has none to keep.

    What an operator reserved before stays.
    """
    client: Any = session.client("lambda")
    name = f"ponte-{stage}"
    if client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions") is not None:
        return True
    # AWS refuses where it would leave less than a hundred to all other functions of the account.
    with suppress(client.exceptions.InvalidParameterValueException):
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=RECEIPTS_AT_ONCE)
        return True
    return False


def _escaped(method: str) -> str:
    """As API Gateway writes a method's path in a patch: `/~1health/GET`."""
    path, _, verb = method.rpartition("/")
    return f"/{path.replace('/', '~1')}/{verb}"

"""The stage's REST API as API Gateway has it: Chalice calls those of all stages by one name, and knows its own by id.

With the stage in its name and a tag, its metrics are its own, and it is found again when Chalice's record is lost. One
of a deployment that broke off has neither: it is known by the function that it calls.
"""

import json
from collections.abc import Iterable
from typing import Any

from boto3.session import Session

from tools.provision import STAGE_TAG

# As Chalice calls it, by the app's name in .chalice/config.json.
CHALICE_NAME = "ponte"

# The most that a page of API Gateway has.
PAGE = 500


def name_api(session: Session, stage: str, api_id: str) -> None:
    """Give the API the stage's name. Repeating is safe; each deployment by Chalice takes it away."""
    client: Any = session.client("apigateway")
    client.update_rest_api(
        restApiId=api_id, patchOperations=[{"op": "replace", "path": "/name", "value": f"ponte-{stage}"}]
    )


def tag_api(session: Session, stage: str, api_id: str) -> None:
    """Give the API the stage's tag. Repeating is safe."""
    client: Any = session.client("apigateway")
    partition = session.get_partition_for_region(session.region_name)
    arn = f"arn:{partition}:apigateway:{session.region_name}::/restapis/{api_id}"
    client.tag_resource(resourceArn=arn, tags={STAGE_TAG: stage})


def find_apis(session: Session, stage: str) -> list[str]:
    """The ids of all APIs of the stage, the oldest first."""
    client: Any = session.client("apigateway")
    pages = client.get_paginator("get_rest_apis").paginate(PaginationConfig={"PageSize": PAGE})
    apis = sorted((api for page in pages for api in page["items"]), key=lambda api: api["createdDate"])
    return [str(api["id"]) for api in apis if _is_of_stage(client, api, stage)]


def choose_api(apis: Iterable[str], public_url: str) -> str:
    """The one to go on with: whose address Mercado Livre and Chatwoot were told, else the oldest; '' of none."""
    found = list(apis)
    told = [api for api in found if f"//{api}.execute-api." in public_url]
    return next(iter([*told, *found]), "")


def _is_of_stage(client: Any, api: dict[str, Any], stage: str) -> bool:
    if api.get("name") == f"ponte-{stage}" or api.get("tags", {}).get(STAGE_TAG) == stage:
        return True
    if api.get("name") != CHALICE_NAME:
        return False
    resources = client.get_resources(restApiId=api["id"], embed=["methods"], limit=PAGE)["items"]
    return f":function:ponte-{stage}/invocations" in json.dumps(resources, default=str)

"""The stage's REST API as API Gateway has it: Chalice calls those of all stages by one name, and knows its own by id.

With the stage in its name and a tag, its metrics are its own and it is found again when Chalice's record is lost.
"""

from typing import Any

from boto3.session import Session

from tools.provision import STAGE_TAG

# The most that a page of API Gateway has.
PAGE = 500


def name_api(session: Session, stage: str, api_id: str) -> None:
    """Give the API the stage's name and tag. Repeating is safe; each deployment by Chalice takes the name away."""
    client: Any = session.client("apigateway")
    client.update_rest_api(
        restApiId=api_id, patchOperations=[{"op": "replace", "path": "/name", "value": f"ponte-{stage}"}]
    )
    client.tag_resource(resourceArn=_arn(session, api_id), tags={STAGE_TAG: stage})


def find_apis(session: Session, stage: str) -> list[str]:
    """The ids of all APIs with the stage's name or tag, the oldest first."""
    client: Any = session.client("apigateway")
    pages = client.get_paginator("get_rest_apis").paginate(PaginationConfig={"PageSize": PAGE})
    found = [
        api
        for page in pages
        for api in page["items"]
        if api.get("name") == f"ponte-{stage}" or api.get("tags", {}).get(STAGE_TAG) == stage
    ]
    return [str(api["id"]) for api in sorted(found, key=lambda api: api["createdDate"])]


def _arn(session: Session, api_id: str) -> str:
    partition = session.get_partition_for_region(session.region_name)
    return f"arn:{partition}:apigateway:{session.region_name}::/restapis/{api_id}"

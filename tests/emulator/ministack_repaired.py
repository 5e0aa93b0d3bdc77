"""Starts ministack, an emulator of AWS, with what it lacks mended here, each with its reason. Seen in 1.5.33.

Run by the Python that has ministack, with its environment variables; see CONTRIBUTING.md, «Drills».
"""

import inspect
import json
from contextlib import suppress
from typing import Any

from ministack import app
from ministack.core import iam_actions
from ministack.services import apigateway_v1 as api

# 1. An API that compresses nothing has no minimumCompressionSize; ministack keeps the '' that Chalice sets it to, on
#    which boto3 fails, since it is no number.
view = api._rest_api_view


def view_without_empty_size(rest_api: dict[str, Any]) -> dict[str, Any]:
    shown = view(rest_api)
    return {name: value for name, value in shown.items() if name != "minimumCompressionSize" or value not in ("", None)}


api._rest_api_view = view_without_empty_size

# 2. ImportRestApi is a POST with ?mode=import, whose body is the definition; ministack takes it for CreateRestApi.
# 3. PutRestApi, a PUT of the definition over an API that is there, is not known at all.
create, handle = api._create_rest_api, api.handle_request


def create_or_import(data: dict[str, Any]) -> Any:
    if "paths" not in data:
        return create(data)
    api_id = api._import_rest_api(data)
    return api._v1_response(api._rest_api_view(api._rest_apis[api_id]), 201)


api._create_rest_api = create_or_import


async def handle_put_too(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Any:
    parts = path.strip("/").split("/")
    if method != "PUT" or len(parts) != 2 or parts[0] != "restapis":
        return await handle(method, path, headers, body, query_params)
    api_id, spec = parts[1], json.loads(body)
    if api_id not in api._rest_apis:
        return api._v1_error("NotFoundException", "Invalid API identifier specified", 404)
    root = next(each for each in api._resources[api_id].values() if each["path"] == "/")
    api._resources[api_id] = {root["id"]: {**root, "resourceMethods": {}}}
    api._rest_apis[api_id]["name"] = spec["info"]["title"]
    for resource, item in spec["paths"].items():
        api._import_path_item(api_id, resource, item)
    return api._v1_response(api._rest_api_view(api._rest_apis[api_id]), 200)


api.handle_request = handle_put_too

# 4. What a call is allowed by: GetParametersByPath by the ARN of its path, CreateFunction by that of the function, a
#    rule of the default bus by that of the rule alone, API Gateway by that of the path. ministack asks for another.
extract_resource_arn = iam_actions.extract_resource_arn
signature = inspect.signature(extract_resource_arn)
NAMED_IN_BODY = {
    "ssm": ("parameter{Path}",),
    "lambda": ("function:{FunctionName}",),
    "events": ("rule/{Name}", "rule/{Rule}"),
}


def extract_better(*args: Any, **details: Any) -> str:
    found = str(extract_resource_arn(*args, **details))
    asked = signature.bind(*args, **details).arguments
    service, region = asked["service"], asked["region"]
    if service == "apigateway":
        return f"arn:aws:apigateway:{region}::{asked['path']}"
    if service in NAMED_IN_BODY and asked.get("body") and (found == "*" or service == "events"):
        body = json.loads(asked["body"])
        for resource in NAMED_IN_BODY[service]:
            with suppress(KeyError):
                return f"arn:aws:{service}:{region}:{asked['account_id']}:{resource.format_map(body)}"
    return found


iam_actions.extract_resource_arn = extract_better

if __name__ == "__main__":
    app.main()

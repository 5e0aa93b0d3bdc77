"""What the check of the package finds, in small zips; the real package is made and checked by `make check`."""

import importlib.util
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from boto3.session import Session
from packaging.utils import canonicalize_name

from tools.deploy import make_environment
from tools.package import PROJECT, PackageFaulty, narrow_policy, run_chalice_package
from tools.package_faults import (
    COMPILED_SUFFIX,
    RUNTIME,
    find_compilation_faults,
    find_compiled_libraries,
    find_faults,
    find_import_faults,
    find_missing_dependencies,
    find_strays,
    find_template_faults,
)
from tools.workers import QUEUES_BY_FUNCTION

REQUIREMENTS = "# Why it is here.\nbridge-kit==1.2\n"


@pytest.fixture
def files() -> dict[str, bytes]:
    """A package as it should be: our code, Chalice's runtime, and one dependency that has one of its own."""
    sources = {
        "app.py": "from chalicelib import wiring",
        "chalicelib/__init__.py": "",
        "chalicelib/wiring.py": "import bridge_kit",
        "chalice/__init__.py": "",
        "chalice/app.py": "",
        "bridge_kit/__init__.py": "import ropes",
        "ropes.py": "",
    }
    files = {name: text.encode() for name, text in sources.items()}
    for name, text in sources.items():
        files[_compiled_name(name)] = _compile(text.encode())
    files |= _distribution("bridge-kit", "1.2", ["bridge_kit/__init__.py"], ["ropes>=2", 'nets; extra == "fishing"'])
    return files | _distribution("ropes", "2.1", ["ropes.py"], ['legacy-ropes; python_version < "3.8"'])


def test_a_good_package_has_no_faults(files: dict[str, bytes], tmp_path: Path) -> None:
    package = _zip(tmp_path, files)

    faults = find_faults(
        package, requirements=REQUIREMENTS, template=make_template(), config=make_config(), stage="dev"
    )

    assert faults == []
    assert find_import_faults(package, {}) == []


def test_a_requirement_that_is_missing_is_found(files: dict[str, bytes], tmp_path: Path) -> None:
    with ZipFile(_zip(tmp_path, files)) as zipped:
        faults = find_missing_dependencies(zipped, f"{REQUIREMENTS}anchors==3\n")

    assert faults == ["anchors, which requirements.txt requires, is missing from the zip."]


def test_a_requirement_of_a_requirement_that_is_missing_is_found(files: dict[str, bytes], tmp_path: Path) -> None:
    without_ropes = {name: content for name, content in files.items() if not name.startswith("ropes")}

    with ZipFile(_zip(tmp_path, without_ropes)) as zipped:
        faults = find_missing_dependencies(zipped, REQUIREMENTS)

    assert faults == ["ropes, which bridge-kit requires, is missing from the zip."]


def test_an_extra_that_is_asked_for_is_required_too(files: dict[str, bytes], tmp_path: Path) -> None:
    with ZipFile(_zip(tmp_path, files)) as zipped:
        faults = find_missing_dependencies(zipped, "bridge-kit[fishing]==1.2")

    assert faults == ["nets, which bridge-kit requires, is missing from the zip."]


def test_another_version_than_the_pinned_one_is_found(files: dict[str, bytes], tmp_path: Path) -> None:
    with ZipFile(_zip(tmp_path, files)) as zipped:
        faults = find_missing_dependencies(zipped, "bridge-kit==1.3")

    assert faults == ["bridge-kit is 1.2 in the zip, and requirements.txt requires bridge-kit==1.3."]


def test_a_dependency_that_lacks_a_file_is_found(files: dict[str, bytes], tmp_path: Path) -> None:
    del files["ropes.py"]

    with ZipFile(_zip(tmp_path, files)) as zipped:
        faults = find_missing_dependencies(zipped, REQUIREMENTS)

    assert faults == ["ropes is incomplete in the zip: it lacks ropes.py."]


@pytest.mark.parametrize("stray", ["tools/package.py", "tests/test_app.py", "moto/core.py", "notes.txt"])
def test_what_lambda_does_not_need_is_found(files: dict[str, bytes], tmp_path: Path, stray: str) -> None:
    with ZipFile(_zip(tmp_path, {**files, stray: b""})) as zipped:
        faults = find_strays(zipped, REQUIREMENTS)

    assert faults == [f"{stray.split('/')[0]} is in the zip, and Lambda does not need it."]


def test_the_part_of_chalice_that_only_deploys_is_found(files: dict[str, bytes], tmp_path: Path) -> None:
    with ZipFile(_zip(tmp_path, {**files, "chalice/cli.py": b""})) as zipped:
        faults = find_strays(zipped, REQUIREMENTS)

    assert faults == ["chalice/cli.py is in the zip, and Lambda does not need it."]


def test_anything_but_code_among_our_code_is_found(files: dict[str, bytes], tmp_path: Path) -> None:
    with ZipFile(_zip(tmp_path, {**files, "chalicelib/.secret.env": b""})) as zipped:
        faults = find_strays(zipped, REQUIREMENTS)

    assert faults == ["chalicelib is in the zip, and Lambda does not need it."]


def test_compiled_code_without_a_module_is_found(files: dict[str, bytes], tmp_path: Path) -> None:
    stray = f"old/__pycache__/gone{COMPILED_SUFFIX}"

    with ZipFile(_zip(tmp_path, {**files, stray: b""})) as zipped:
        faults = find_strays(zipped, REQUIREMENTS)

    assert faults == ["old is in the zip, and Lambda does not need it."]


def test_what_lambda_brings_itself_is_found_also_when_it_is_required(files: dict[str, bytes], tmp_path: Path) -> None:
    files |= _distribution("boto3", "1.40", ["boto3/__init__.py"], []) | {"boto3/__init__.py": b""}

    with ZipFile(_zip(tmp_path, files)) as zipped:
        faults = find_strays(zipped, f"{REQUIREMENTS}boto3\n")

    assert faults == ["boto3 is in the zip, and Lambda's runtime brings its own: take it out of requirements.txt."]


def test_a_module_without_compiled_code_is_found(files: dict[str, bytes], tmp_path: Path) -> None:
    del files[_compiled_name("app.py")]

    with ZipFile(_zip(tmp_path, files)) as zipped:
        faults = find_compilation_faults(zipped)

    assert faults == ["app.py has no compiled code in the zip, so that every cold start would compile it."]


def test_code_compiled_from_another_version_of_its_module_is_found(files: dict[str, bytes], tmp_path: Path) -> None:
    files["ropes.py"] = b"STRENGTH = 2"

    with ZipFile(_zip(tmp_path, files)) as zipped:
        (fault,) = find_compilation_faults(zipped)

    assert fault.startswith(f"__pycache__/ropes{COMPILED_SUFFIX} was not compiled from the ropes.py in the zip")


def test_a_library_that_is_not_pure_python_is_found(tmp_path: Path) -> None:
    with ZipFile(_zip(tmp_path, {"fast/fast.cpython-311-x86_64-linux-gnu.so": b"", "good.py": b""})) as zipped:
        (fault,) = find_compiled_libraries(zipped)

    assert fault.startswith("fast/fast.cpython-311-x86_64-linux-gnu.so runs on one processor and one Python only")


def test_every_version_that_ships_is_locked_with_a_hash() -> None:
    wanted = (PROJECT / "requirements.in").read_text(encoding="utf-8").splitlines()
    locked = [line for line in (PROJECT / "requirements.txt").read_text().splitlines() if not line.startswith("#")]

    for line in locked:
        assert re.fullmatch(r"[\w.-]+==[\w.]+ --hash=sha256:[0-9a-f]{64}", line), line
    versions = {canonicalize_name(line.partition("==")[0]): line.split()[0].partition("==")[2] for line in locked}
    for line in filter(None, (line.partition("#")[0].strip() for line in wanted)):
        name, _, version = line.partition("==")
        assert versions[canonicalize_name(name)] == version


def test_an_import_of_something_that_is_not_shipped_is_found_even_inside_a_function(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    files["chalicelib/wiring.py"] = b"def later():\n    try:\n        import rich\n    finally:\n        pass\n"
    del files[_compiled_name("chalicelib/wiring.py")]

    faults = find_import_faults(_zip(tmp_path, files), {})

    assert faults == ["Importing rich would fail on Lambda: ModuleNotFoundError: No module named 'rich'."]


def test_an_import_for_type_checkers_only_need_not_be_shipped(files: dict[str, bytes], tmp_path: Path) -> None:
    files["chalicelib/wiring.py"] = (
        b"from typing import TYPE_CHECKING\nimport boto3\nif TYPE_CHECKING:\n    import mypy_boto3_sqs\n"
    )
    del files[_compiled_name("chalicelib/wiring.py")]

    faults = find_import_faults(_zip(tmp_path, files), {})

    assert faults == []


def test_a_function_that_the_app_lacks_is_found() -> None:
    template = make_template()
    del template["Resources"]["Sweep"]

    faults = find_template_faults(template, make_config(), "dev")

    assert faults == ["The app has no function sweep."]


def test_settings_for_a_function_that_does_not_exist_are_found() -> None:
    config = make_config()
    config["stages"]["dev"]["lambda_functions"]["swept"] = {}

    faults = find_template_faults(make_template(), config, "dev")

    assert faults == ["config.json has settings for swept, which the app does not have."]


def test_a_function_without_a_policy_of_its_own_is_found() -> None:
    config = make_config()
    config["stages"]["dev"]["lambda_functions"]["sweep"] = {}

    faults = find_template_faults(make_template(), config, "dev")

    assert faults == ["config.json names no iam_policy_file for sweep in stage dev."]


def test_a_worker_on_the_queue_of_another_stage_is_found() -> None:
    template = make_template()
    template["Resources"]["WorkOnThread"]["Properties"]["Events"] = _queue("arn:ponte-prod-threads.fifo")

    (fault,) = find_template_faults(template, make_config(), "dev")

    assert fault.startswith("work_on_thread is not started by what should start it in stage dev")


def test_a_worker_that_takes_several_messages_at_a_time_is_found() -> None:
    template = make_template()
    template["Resources"]["WorkOnThread"]["Properties"]["Events"] = _queue("arn:ponte-dev-threads.fifo", batch_size=10)

    faults = find_template_faults(template, make_config(), "dev")

    assert faults == [
        "work_on_thread takes more than one message at a time, and one that fails would repeat the others."
    ]


def test_a_package_for_another_python_is_found() -> None:
    template = make_template()
    template["Resources"]["Sweep"]["Properties"]["Runtime"] = "python3.9"

    faults = find_template_faults(template, make_config(), "dev")

    assert faults == [f"Lambda would run sweep with python3.9: package it with {RUNTIME}."]


def test_a_chalice_that_fails_is_not_taken_for_a_success(tmp_path: Path) -> None:
    with pytest.raises(PackageFaulty, match="Chalice could not package"):
        run_chalice_package(tmp_path, "dev")


def test_a_policy_is_narrowed_to_its_stage() -> None:
    for policy in (PROJECT / ".chalice").glob("policy-*.json"):
        narrowed = narrow_policy(policy.read_text(), "dev")

        assert "ponte-*" not in narrowed
        assert '"arn:*:ssm:*:*:parameter/ponte/dev"' in narrowed
        assert '"arn:*:ssm:*:*:parameter/ponte/dev/*"' in narrowed
        json.loads(narrowed)


def test_no_policy_allows_everything_on_anything() -> None:
    policies = list((PROJECT / ".chalice").glob("policy-*.json"))

    assert len(policies) == 5
    for policy in policies:
        for statement in json.loads(policy.read_text())["Statement"]:
            assert "*" not in "".join(statement["Action"])
            assert "*" not in _as_list(statement["Resource"])


def test_the_policy_of_whoever_deploys_names_operations_that_there_are() -> None:
    """Its Resource is of our own names wherever AWS knows any."""
    policy = json.loads((PROJECT / "docs" / "deployer-policy.json").read_text())
    services = Session()
    operations: dict[str, set[str]] = {}
    for statement in policy["Statement"]:
        for action in statement["Action"]:
            service, _, operation = action.partition(":")
            if service == "apigateway" or action in ("iam:PassRole", "lambda:InvokeFunction"):
                continue
            if service not in operations:
                model = services._session.get_service_model(service)
                operations[service] = set(model.operation_names)
            assert operation in operations[service], action
        assert "*" not in "".join(statement["Action"])


def test_every_stage_sets_up_every_function() -> None:
    config = json.loads((PROJECT / ".chalice" / "config.json").read_text())

    for stage, settings in config["stages"].items():
        assert settings["environment_variables"]["PONTE_STAGE"] == stage
        assert settings["lambda_functions"].keys() == {"api_handler", *QUEUES_BY_FUNCTION, "sweep"}
        for function in settings["lambda_functions"].values():
            assert (PROJECT / ".chalice" / function["iam_policy_file"]).is_file()


def test_the_environment_holds_digests_of_the_webhook_tokens_and_no_secret() -> None:
    settings = {
        "MERCADO_LIVRE_WEBHOOK_TOKEN": "m",
        "CHATWOOT_WEBHOOK_TOKEN": "c",
        "MERCADO_LIVRE_APP_ID": "42",
        "CHATWOOT_TOKEN": "an administrator's",
    }

    outputs = {
        "NotificationsQueueUrl": "https://n",
        "ThreadsQueueUrl": "https://t",
        "BackgroundQueueUrl": "https://b",
    }

    environment = make_environment(outputs, settings)

    assert environment == {
        "NOTIFICATIONS_QUEUE_URL": "https://n",
        "THREADS_QUEUE_URL": "https://t",
        "BACKGROUND_QUEUE_URL": "https://b",
        "JOBS_AT_ONCE": "4",
        "STALE_NOTIFICATIONS": "accept",
        "NOTIFICATION_SOURCES": "any",
        "MERCADO_LIVRE_WEBHOOK_TOKEN": "sha256:62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a",
        "CHATWOOT_WEBHOOK_TOKEN": "sha256:2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6",
        "MERCADO_LIVRE_APP_ID": "42",
    }


def make_config() -> dict[str, Any]:
    functions = ("api_handler", *QUEUES_BY_FUNCTION, "sweep")
    return {
        "lambda_architecture": "arm64",
        "stages": {
            "dev": {"lambda_functions": {name: {"iam_policy_file": f"policy-{name}.json"} for name in functions}}
        },
    }


def make_template() -> dict[str, Any]:
    """As `chalice package` writes it, in what the check looks at."""
    schedule = {"SweepEvent": {"Type": "Schedule", "Properties": {"Schedule": "rate(2 minutes)"}}}
    events = {
        "APIHandler": {},
        "ResolveNotification": _queue("arn:ponte-dev-notifications"),
        "WorkOnThread": _queue("arn:ponte-dev-threads.fifo"),
        "WorkInBackground": _queue("arn:ponte-dev-background"),
        "Sweep": schedule,
    }
    policy = {"Statement": [{"Sid": "WriteItsLog", "Resource": "arn:*:logs:*:*:log-group:/aws/lambda/ponte-dev"}]}
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyDocument": policy}]}}
    functions = {
        name: {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "Runtime": RUNTIME,
                "Environment": {"Variables": {"PONTE_STAGE": "dev"}},
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Events": started_by,
            },
        }
        for name, started_by in events.items()
    }
    return {"Resources": {"Role": role, **functions}}


def _queue(arn: str, batch_size: int = 1) -> dict[str, Any]:
    properties = {"Queue": {"Fn::Sub": arn}, "BatchSize": batch_size, "MaximumBatchingWindowInSeconds": 0}
    return {"Source": {"Type": "SQS", "Properties": properties}}


def _distribution(name: str, version: str, modules: list[str], requires: list[str]) -> dict[str, bytes]:
    folder = f"{name.replace('-', '_')}-{version}.dist-info"
    lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {requirement}" for requirement in requires)]
    recorded = [*modules, f"{folder}/METADATA", f"{folder}/RECORD"]
    return {
        f"{folder}/METADATA": "\n".join(lines).encode(),
        f"{folder}/RECORD": "".join(f"{file},,\n" for file in recorded).encode(),
    }


def _compiled_name(name: str) -> str:
    folder, _, module = name.removesuffix(".py").rpartition("/")
    return f"{folder}/__pycache__/{module}{COMPILED_SUFFIX}".removeprefix("/")


def _compile(source: bytes) -> bytes:
    import marshal

    head = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + importlib.util.source_hash(source)
    return head + marshal.dumps(compile(source, "module.py", "exec"))


def _zip(directory: Path, files: Mapping[str, bytes]) -> Path:
    path = directory / "deployment.zip"
    with ZipFile(path, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return path


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value

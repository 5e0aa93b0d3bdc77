"""What would keep a package from working on Lambda, each fault a sentence; an empty list is a good package.

Nothing here trusts the machine that built it: what is there and what is required are both read from the zip.
"""

import ast
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from email.parser import Parser
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.workers import QUEUES_BY_FUNCTION

# Chalice deploys for the Python that runs it.
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
COMPILED_SUFFIX = f".{sys.implementation.cache_tag}.pyc"
MAX_ZIPPED_BYTES = 15_000_000
OUR_FILES = ("app.py", "chalicelib/*.py", "chalice/__init__.py", "chalice/app.py")
# https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
BROUGHT_BY_LAMBDA = ("boto3", "botocore", "s3transfer")
FUNCTIONS = {
    "api_handler": "APIHandler",
    "resolve_notification": "ResolveNotification",
    "work_on_thread": "WorkOnThread",
    "work_in_background": "WorkInBackground",
    "sweep": "Sweep",
}


def find_faults(
    package: Path, *, requirements: str, template: Mapping[str, Any], config: Mapping[str, Any], stage: str
) -> list[str]:
    """Everything wrong with the zip and the template that `chalice package` made of it."""
    with ZipFile(package) as zipped:
        faults = find_missing_dependencies(zipped, requirements)
        faults += find_strays(zipped, requirements)
        faults += find_compilation_faults(zipped)
        faults += find_compiled_libraries(zipped)
    if package.stat().st_size > MAX_ZIPPED_BYTES:
        faults.append(f"The zip has {package.stat().st_size:,} bytes; more than {MAX_ZIPPED_BYTES:,} was not expected.")
    return faults + find_template_faults(template, config, stage)


def find_missing_dependencies(zipped: ZipFile, requirements: str) -> list[str]:
    """Requirements, and requirements of theirs, that are not in the zip, in part or in that version."""
    names = set(zipped.namelist())
    faults = []
    for requirement, wanted_by in _closure(zipped, requirements):
        distribution = _distributions(zipped).get(canonicalize_name(requirement.name))
        if distribution is None:
            faults.append(f"{requirement.name}, which {wanted_by} requires, is missing from the zip.")
            continue
        version = _metadata(zipped, distribution)["Version"]
        if not requirement.specifier.contains(version, prereleases=True):
            faults.append(f"{requirement.name} is {version} in the zip, and {wanted_by} requires {requirement}.")
        lacking = [file for file in _recorded_files(zipped, distribution) if file not in names]
        if lacking:
            faults.append(f"{requirement.name} is incomplete in the zip: it lacks {lacking[0]}.")
    return faults


def find_strays(zipped: ZipFile, requirements: str) -> list[str]:
    """What is in the zip and neither ours nor required: each top-level folder or file once."""
    required = {canonicalize_name(requirement.name) for requirement, _ in _closure(zipped, requirements)}
    distributions = _distributions(zipped)
    expected = {
        file
        for name, distribution in distributions.items()
        if name in required
        for file in _recorded_files(zipped, distribution)
    }
    roots = tuple(f"{distributions[name].removesuffix('.dist-info')}." for name in required if name in distributions)
    strays = {
        name if name.startswith("chalice/") else name.split("/")[0]
        for name in zipped.namelist()
        if name not in expected
        and not name.endswith("/")
        and not name.startswith(roots)  # The folders NAME-VERSION.dist-info and .data.
        and not any(fnmatch(name, ours) for ours in OUR_FILES)
        and not (name.endswith(".pyc") and _source_of(name) in zipped.namelist())
    }
    faults = [f"{name} is in the zip, and Lambda does not need it." for name in sorted(strays)]
    return faults + [
        f"{name} is in the zip, and Lambda's runtime brings its own: take it out of requirements.txt."
        for name in BROUGHT_BY_LAMBDA
        if name in required
    ]


def find_compilation_faults(zipped: ZipFile) -> list[str]:
    """Modules without compiled code, and compiled code that is not that of the module beside it."""
    names = set(zipped.namelist())
    faults = []
    for name in sorted(names):
        if name.endswith(".py"):
            folder, _, module = name.removesuffix(".py").rpartition("/")
            compiled = f"{folder}/__pycache__/{module}{COMPILED_SUFFIX}".removeprefix("/")
            if compiled not in names:
                faults.append(f"{name} has no compiled code in the zip, so that every cold start would compile it.")
            elif not _belongs_to(zipped.read(compiled), zipped.read(name)):
                faults.append(f"{compiled} was not compiled from the {name} in the zip, or Python would not use it.")
    return faults


def find_compiled_libraries(zipped: ZipFile) -> list[str]:
    """Libraries of one processor and one Python, in a package that is to run on any."""
    names = (name for name in zipped.namelist() if ".so" in name.rpartition("/")[2] or name.endswith(".pyd"))
    return [f"{name} runs on one processor and one Python only: lock a wheel of pure Python." for name in names]


def find_template_faults(template: Mapping[str, Any], config: Mapping[str, Any], stage: str) -> list[str]:
    """Functions that the app lacks or has too many, and those that would be set up or started in another way."""
    resources = template["Resources"]
    configured = config["stages"][stage].get("lambda_functions", {})
    functions = {name: it["Properties"] for name, it in resources.items() if it["Type"] == "AWS::Serverless::Function"}
    faults = [
        f"config.json has settings for {name}, which the app does not have." for name in configured.keys() - FUNCTIONS
    ]
    faults += [
        f"The app has a function {name}, unknown to the check." for name in functions.keys() - FUNCTIONS.values()
    ]
    for name, resource in FUNCTIONS.items():
        if resource not in functions:
            faults.append(f"The app has no function {name}.")
        elif "iam_policy_file" not in configured.get(name, {}):
            faults.append(f"config.json names no iam_policy_file for {name} in stage {stage}.")
        else:
            faults += _function_faults(name, functions[resource], stage)
            faults += _policy_faults(name, resources, functions[resource], stage)
    return faults


def find_import_faults(package: Path, environment: Mapping[str, str]) -> list[str]:
    """Imports in our code, also the late ones inside functions, that would fail on Lambda.

    They are tried on the unpacked zip with nothing beside it but boto3 and what boto3 brings.
    """
    with tempfile.TemporaryDirectory() as directory, ZipFile(package) as zipped:
        unpacked, runtime = Path(directory, "task"), Path(directory, "runtime")
        zipped.extractall(unpacked)
        _link_runtime(runtime)
        ours = [name for name in zipped.namelist() if fnmatch(name, "app.py") or fnmatch(name, "chalicelib/*.py")]
        modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in ours}
        for name in ours:
            modules |= set(_imported_modules(ast.parse(zipped.read(name)).body))
        finished = subprocess.run(
            [sys.executable, "-I", "-S", "-c", TRY_IMPORTS, str(unpacked), str(runtime), *sorted(modules)],
            env={"PATH": os.environ.get("PATH", ""), "AWS_DEFAULT_REGION": "us-east-1", **environment},
            capture_output=True,
            text=True,
            check=False,
        )
    if finished.returncode:
        return [f"The unpacked zip cannot be imported: {finished.stderr.strip()}"]
    return [f"Importing {module} would fail on Lambda: {why}." for module, why in json.loads(finished.stdout).items()]


TRY_IMPORTS = """
import importlib, json, sys
sys.path[:0] = sys.argv[1:3]
failed = {}
for module in sys.argv[3:]:
    try:
        importlib.import_module(module)
    except Exception as error:
        failed[module] = f"{type(error).__name__}: {error}"
print(json.dumps(failed))
"""


def _link_runtime(directory: Path) -> None:
    """A folder with what Lambda's own runtime can import beside the standard library."""
    directory.mkdir()
    for name in (*BROUGHT_BY_LAMBDA, "dateutil", "jmespath", "six", "urllib3"):
        spec = importlib.util.find_spec(name)
        if spec and spec.origin:
            origin = Path(spec.origin)
            origin = origin.parent if origin.name == "__init__.py" else origin
            (directory / origin.name).symlink_to(origin)


def _imported_modules(body: list[ast.stmt]) -> Iterator[str]:
    """The modules that these statements import, however late, except for type checkers only."""
    for statement in body:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield statement.module
        elif isinstance(statement, ast.If) and ast.unparse(statement.test).endswith("TYPE_CHECKING"):
            yield from _imported_modules(statement.orelse)
        else:
            for part in ("body", "orelse", "handlers", "finalbody", "cases"):
                yield from _imported_modules(getattr(statement, part, []))


def _closure(zipped: ZipFile, requirements: str) -> list[tuple[Requirement, str]]:
    """Each requirement on Lambda, direct or not, and who requires it."""
    lines = (line.partition("#")[0].partition("--hash")[0].strip() for line in requirements.splitlines())
    waiting = [(Requirement(line), "requirements.txt") for line in lines if line]
    distributions = _distributions(zipped)
    found: dict[str, tuple[Requirement, str]] = {}
    while waiting:
        requirement, wanted_by = waiting.pop(0)
        if str(requirement) in found:
            continue
        found[str(requirement)] = (requirement, wanted_by)
        distribution = distributions.get(canonicalize_name(requirement.name))
        if distribution:
            for text in _metadata(zipped, distribution).get_all("Requires-Dist", []):
                further = Requirement(text)
                if _applies_on_lambda(further, requirement.extras):
                    waiting.append((further, requirement.name))
    return list(found.values())


def _applies_on_lambda(requirement: Requirement, extras: set[str]) -> bool:
    if requirement.marker is None:
        return True
    python = RUNTIME.removeprefix("python")
    on_lambda = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    return any(requirement.marker.evaluate({**on_lambda, "extra": extra}) for extra in extras or {""})


def _distributions(zipped: ZipFile) -> dict[str, str]:
    """The .dist-info folders in the zip by the canonical name of what they describe."""
    folders = {name.split("/")[0] for name in zipped.namelist() if name.split("/")[0].endswith(".dist-info")}
    return {canonicalize_name(folder.removesuffix(".dist-info").rpartition("-")[0]): folder for folder in folders}


def _metadata(zipped: ZipFile, distribution: str) -> Any:
    return Parser().parsestr(zipped.read(f"{distribution}/METADATA").decode(), headersonly=True)


def _recorded_files(zipped: ZipFile, distribution: str) -> list[str]:
    """The files that the distribution says it has, without those that an installer would put elsewhere."""
    lines = zipped.read(f"{distribution}/RECORD").decode().splitlines()
    # PATH,HASH,SIZE; a path with a comma is in quotes, and none of ours has one.
    files = [line.rsplit(",", 2)[0].strip('"') for line in lines if line.strip()]
    return [file for file in files if ".data/" not in file]


def _source_of(compiled: str) -> str:
    folder, _, name = compiled.rpartition("/")
    folder = folder.removesuffix("__pycache__")
    return f"{folder}{name.removesuffix(COMPILED_SUFFIX)}.py"


def _belongs_to(compiled: bytes, source: bytes) -> bool:
    """Whether this is an «unchecked hash» pyc (PEP 552) of that source, which Python uses without looking further."""
    unchecked_hash = (1).to_bytes(4, "little")
    head = importlib.util.MAGIC_NUMBER + unchecked_hash + importlib.util.source_hash(source)
    return compiled.startswith(head)


def _function_faults(name: str, function: Mapping[str, Any], stage: str) -> Iterator[str]:
    if function["Runtime"] != RUNTIME:
        yield f"Lambda would run {name} with {function['Runtime']}: package it with {RUNTIME}."
    if function.get("Environment", {}).get("Variables", {}).get("PONTE_STAGE") != stage:
        yield f"{name} would not know that it is in stage {stage}: PONTE_STAGE is not in its environment."
    started_by = json.dumps(function.get("Events", {}))
    queues = {function: f':ponte-{stage}-{queue}"' for function, queue in QUEUES_BY_FUNCTION.items()}
    expected = {**queues, "sweep": '"Type": "Schedule"'}.get(name, "")
    if expected not in started_by:
        yield f"{name} is not started by what should start it in stage {stage}, but by {started_by}."
    if '"SQS"' in started_by and '"BatchSize": 1,' not in started_by:
        yield f"{name} takes more than one message at a time, and one that fails would repeat the others."


def _policy_faults(name: str, resources: Mapping[str, Any], function: Mapping[str, Any], stage: str) -> Iterator[str]:
    role = resources[function["Role"]["Fn::GetAtt"][0]]["Properties"]
    for statement in role["Policies"][0]["PolicyDocument"]["Statement"]:
        if "ponte-*" in json.dumps(statement):
            yield f"The policy of {name} reaches beyond stage {stage}: {statement.get('Sid', statement)}."

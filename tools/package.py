"""Makes the package that Lambda runs, and refuses one that would not work there.

Chalice makes the zip; it is given a clean copy of what ships, in `build/{stage}/`. Two things are done to the copy.
The IAM policies, written for every stage, are narrowed to the one. And compiled code is added, because Chalice ships
none, Lambda cannot keep any, and so every cold start would compile everything anew: ours goes into `chalicelib/`,
the rest into `vendor/`, whose contents Chalice puts at the root of the zip.
https://aws.github.io/chalice/topics/packaging.html
"""

import importlib.util
import json
import os
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from tools.package_faults import find_faults, find_import_faults

PROJECT = Path(__file__).resolve().parent.parent
MISSING_DEPENDENCIES = "Could not install dependencies"
WHERE_LAMBDA_KEEPS_CODE = "/var/task"


class PackageFaulty(Exception):
    """The package would not work on Lambda; the message says why, a sentence a line."""


def build(stage: str, environment: Mapping[str, str] | None = None, *, project: Path = PROJECT) -> Path:
    """Make `build/{stage}/` anew and return it; `environment` joins the stage's environment variables.

    Raises `PackageFaulty` when Chalice cannot package the project. Repeating is safe.
    """
    tree = project / "build" / stage
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    for name in ("app.py", "requirements.txt"):
        shutil.copy(project / name, tree / name)
    shutil.copytree(project / "chalicelib", tree / "chalicelib", ignore=_leave_out_all_but_code)
    _copy_configuration(project / ".chalice", tree / ".chalice", stage, environment or {})
    # Chalice says best itself what goes into the zip, so it packages once to show the code that is to be compiled.
    _compile(run_chalice_package(tree, stage), tree)
    return tree


def check(stage: str, *, project: Path = PROJECT) -> Path:
    """Package what `build` made, and return the zip when it would work on Lambda; else raise `PackageFaulty`.

    `chalice deploy` in the same tree uploads the very zip that was checked. Repeating is safe.
    """
    tree = project / "build" / stage
    if not tree.is_dir():
        raise PackageFaulty(f"There is no {tree}: build the stage first.")
    package = run_chalice_package(tree, stage)
    template = json.loads((package.parent / "sam.json").read_text(encoding="utf-8"))
    config = json.loads((tree / ".chalice" / "config.json").read_text(encoding="utf-8"))
    requirements = (tree / "requirements.txt").read_text(encoding="utf-8")
    faults = find_faults(package, requirements=requirements, template=template, config=config, stage=stage)
    faults += find_import_faults(package, config["stages"][stage].get("environment_variables", {}))
    if faults:
        raise PackageFaulty("\n".join(faults))
    return package


def run_chalice_package(tree: Path, stage: str) -> Path:
    """Run `chalice package` in the tree and return the zip; `sam.json` stands beside it."""
    finished = run_chalice(["package", "--stage", stage, "packaged"], tree)
    printed = finished.stdout + finished.stderr
    # With a dependency missing Chalice warns, goes on, and calls it a success.
    if finished.returncode or MISSING_DEPENDENCIES in printed:
        raise PackageFaulty(f"Chalice could not package {tree}:\n{printed.strip()}")
    return tree / "packaged" / "deployment.zip"


def run_chalice(
    arguments: list[str], tree: Path, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run this interpreter's Chalice in the tree. It packages for the Python that runs it."""
    return subprocess.run(
        [sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())", *arguments],
        cwd=tree,
        env={
            # Chalice wants a region also where it calls nothing.
            "AWS_DEFAULT_REGION": "us-east-1",
            **os.environ,
            **(environ or {}),
            # Chalice imports the app, and would ship what Python then writes into chalicelib/__pycache__.
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def read_config(stage: str, folder: Path = PROJECT / ".chalice") -> dict[str, Any]:
    """What Chalice is told; raises `PackageFaulty` where it knows no such stage."""
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if stage not in config["stages"]:
        raise PackageFaulty(
            f"There is no stage {stage}: {folder / 'config.json'} has {' and '.join(config['stages'])}."
        )
    return config


def narrow_policy(text: str, stage: str) -> str:
    """The policy with its names, written for every stage, narrowed to this one."""
    return text.replace("ponte-*", f"ponte-{stage}").replace("parameter/ponte/*", f"parameter/ponte/{stage}")


def _leave_out_all_but_code(directory: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".py") and not _is_package(Path(directory, name))]


def _is_package(path: Path) -> bool:
    return path.is_dir() and path.name != "__pycache__"


def _copy_configuration(source: Path, target: Path, stage: str, environment: Mapping[str, str]) -> None:
    target.mkdir()
    config = read_config(stage, source)
    config["stages"][stage].setdefault("environment_variables", {}).update(environment)
    (target / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    for policy in source.glob("policy-*.json"):
        narrowed = narrow_policy(policy.read_text(encoding="utf-8"), stage)
        (target / policy.name).write_text(narrowed, encoding="utf-8")
    if (source / "deployed").is_dir():
        shutil.copytree(source / "deployed", target / "deployed")


def _compile(package: Path, tree: Path) -> None:
    """Compile every module of the package to where Chalice takes it along.

    Python then loads the compiled code without comparing it with its source, whose time in the zip says nothing.
    """
    with ZipFile(package) as zipped:
        for name in zipped.namelist():
            if not name.endswith(".py"):
                continue
            root = tree if name.startswith("chalicelib/") else tree / "vendor"
            source = tree / "unpacked" / name
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_bytes(zipped.read(name))
            py_compile.compile(
                str(source),
                cfile=importlib.util.cache_from_source(str(root / name)),
                dfile=f"{WHERE_LAMBDA_KEEPS_CODE}/{name}",
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
    shutil.rmtree(tree / "unpacked")

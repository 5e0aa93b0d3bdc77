"""`deploy` and `package`: a stage goes to AWS."""

from typing import Annotated

import typer

from tools.console import agree, console, fail, plain_failures

CloudStage = Annotated[str, typer.Option(help="dev or prod.")]


def deploy(
    *,
    stage: CloudStage = "dev",
    plan: Annotated[bool, typer.Option("--plan", help="Only say what would be made, changed and left.")] = False,
) -> None:
    """Create or update a stage on AWS: queues, tables, settings, package, Lambdas and API."""
    from boto3.session import Session

    if plan:
        from tools.deploy import plan as plan_deployment

        with plain_failures():
            for line in plan_deployment(stage, Session()):
                console.print(line, soft_wrap=True, markup=False, highlight=False)
        return
    from tools.deploy import DeployFailed
    from tools.deploy import deploy as deploy_stage
    from tools.package import PackageFaulty
    from tools.provision import StackFailed
    from tools.triggers import TriggerNotSet

    with plain_failures():
        try:
            deploy_stage(stage, console=console)
        except (DeployFailed, PackageFaulty, StackFailed, TriggerNotSet) as error:
            fail(str(error))


def remove(
    *,
    stage: CloudStage,
    with_data: Annotated[
        bool, typer.Option("--with-data", help="Also tables, settings and logs, which nothing can make anew.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take a stage off AWS: all that runs, and where it is asked for what is stored.

    Disconnect the sellers before, which revokes their grants: sellers disconnect.
    """
    from boto3.session import Session

    from tools.inventory import take_inventory
    from tools.package import PROJECT
    from tools.removing import remove as remove_stage

    with plain_failures():
        session = Session()
        found = take_inventory(session, stage)
        if found.is_empty:
            fail(f"There is nothing of a stage {stage} in this account and region ({session.region_name}).")
        for line in found.as_lines():
            console.print(line, soft_wrap=True, markup=False, highlight=False)
        lost = "All of it, with what is stored," if with_data else "All but tables, settings and logs"
        agree(f"{lost} is removed, with the jobs that wait. Remove the stage {stage}?", yes=yes)
        record = PROJECT / ".chalice" / "deployed" / f"{stage}.json"
        with console.status("Removing …") as status:
            left = remove_stage(session, stage, found, record, with_data=with_data, working=status.update)
        console.print("Removed. What is left:")
        for line in left:
            console.print(f"- {line}", soft_wrap=True, markup=False, highlight=False)


def rollback(
    *,
    stage: CloudStage,
    to: Annotated[str, typer.Option(help="A package by its name; left out, the one before the last.")] = "",
) -> None:
    """Have the functions run a package again that was deployed from here before; all else stays."""
    from boto3.session import Session

    from tools.kept_packages import NothingKept, find_package, put_back

    with plain_failures():
        try:
            package = find_package(stage, to)
        except NothingKept as error:
            fail(str(error))
        with console.status(f"Putting {package.stem} back …"):
            put_back(Session(), stage, package)
        console.print(f"The functions of {stage} run the package of {package.stem}. Look whether all is well:")
        console.print(f"  python -m tools doctor --stage {stage}")


def package(stage: CloudStage = "dev") -> None:
    """Build the Lambda package and check that it has all it needs and nothing else."""
    from tools.package import PackageFaulty, build, check

    try:
        with console.status("Packaging …"):
            build(stage)
            path = check(stage)
    except PackageFaulty as error:
        fail(str(error))
    console.print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, complete and lean.")


def lock() -> None:
    """Lock every version anew: requirements.txt and requirements-dev.txt, from requirements.in and -dev.in."""
    from tools.locking import lock as lock_versions

    with console.status("Asking PyPI …"):
        lock_versions()
    console.print("Every version is locked: requirements.txt, with hashes, and requirements-dev.txt.")

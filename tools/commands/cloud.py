"""`deploy` and `package`: a stage goes to AWS."""

from typing import Annotated

import typer

from tools.console import console, fail


def deploy(stage: Annotated[str, typer.Option(help="dev or prod.")] = "dev") -> None:
    """Create or update a stage on AWS: queues, tables, settings, package, Lambdas and API."""
    from tools.deploy import DeployFailed
    from tools.deploy import deploy as deploy_stage
    from tools.package import PackageFaulty
    from tools.provision import StackFailed
    from tools.triggers import TriggerNotSet

    try:
        deploy_stage(stage, console=console)
    except (DeployFailed, PackageFaulty, StackFailed, TriggerNotSet) as error:
        fail(str(error))


def package(stage: Annotated[str, typer.Option(help="dev or prod.")] = "dev") -> None:
    """Build the Lambda package and check that it has all it needs and nothing else."""
    from tools.package import PackageFaulty, build, check

    try:
        with console.status("Packaging …"):
            build(stage)
            path = check(stage)
    except PackageFaulty as error:
        fail(str(error))
    console.print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, complete and lean.")

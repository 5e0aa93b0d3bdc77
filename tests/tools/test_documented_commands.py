"""What the documents have people type is run as it stands there, on a stage that is set up and has one seller."""

import shlex

import pytest

from tests.test_documents import documented_commands
from tests.tools.conftest import Deployed

AUTHORIZED_BY_HAND = ("authorize --stage prod --by-hand", "authorize --stage prod --code")

# Those that deploy are run by tests/emulator, `local` by tests/browser, and a code by hand by test_authorize.py.
RUN_ELSEWHERE = ("local", "deploy", "rollback", "remove", "package", *AUTHORIZED_BY_HAND)

# It asks PyPI.
RUN_BY_PEOPLE = ("lock",)

# What `doctor` and `audit` end with.
SOMETHING_WAS_FOUND = 1

# In the order in which a stage has a desk, gives a buyer up, and then its seller; all others come between.
FIRST, LAST = ("setup",), ("sellers erase-buyer", "sellers disconnect")


@pytest.mark.apart
def test_every_command_in_the_documents_works_as_it_is_written(deployed: Deployed) -> None:
    deployed.bridge.ask()
    names = {
        "LOJA": str(deployed.seller),
        "5100000001": str(deployed.bridge.buyer),
        "ponte-prod-threads-restored": f"ponte-{deployed.name}-threads",
    }
    chatwoot = deployed.chatwoot
    typed = {"setup": f"{chatwoot.base_url}\n{chatwoot.admin_token}\n" + "\n" * 5}
    lines = [line for line in documented_commands("tools") if not line.startswith((*RUN_ELSEWHERE, *RUN_BY_PEOPLE))]

    failed = []
    for line in sorted(lines, key=lambda line: (not line.startswith(FIRST), line.startswith(LAST), line)):
        deployed.bridge.restart()  # As functions are that began after the last command.
        words = [names.get(word, word) for word in shlex.split(line)]
        result = deployed.run(*words, input=typed.get(words[0], "y\n"))
        if result.exit_code > SOMETHING_WAS_FOUND:
            failed.append(f"{line}: {result.exit_code} {result.output[-300:]}")
    assert "\n".join(failed) == ""

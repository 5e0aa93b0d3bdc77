"""A freshly deployed bridge as it stands in AWS and at Mercado Livre, taken once and put back before each test.

To deploy one takes longer than most tests do. What is taken is the state of moto's backends and of the simulator.
"""

import copy
from typing import Any

from moto.backends import get_backend
from moto.core.base_backend import BackendDict

from simulators.mercado_livre import MercadoLivre
from tools.local.embedded_aws import ACCOUNT, REGION

KEPT_SERVICES = ("dynamodb", "sqs")


class Snapshot:
    """What `put_back` brings back: queues, tables and what is in them, the stack, and Mercado Livre's records.

    All else that AWS held since is gone then. A stack that somebody has changed cannot be put back: `is_usable` tells.
    """

    def __init__(self, meli: MercadoLivre) -> None:
        self._meli = meli
        self._meli_state = copy.deepcopy(meli.state)
        self._seller = meli.logged_in_seller
        self._backends = _copied({name: vars(_backend(name)) for name in KEPT_SERVICES})
        self._stacks = dict(_backend("cloudformation").stacks)
        self._stack_events = self._count_events()

    @property
    def is_usable(self) -> bool:
        return self._count_events() == self._stack_events

    def put_back(self) -> None:
        kept = {id(_backend(name)) for name in (*KEPT_SERVICES, "cloudformation")}
        for services in list(BackendDict._instances):
            for regions in services.values():
                for backend in regions.values():
                    if id(backend) not in kept:
                        backend.reset()
        for name, state in _copied(self._backends).items():
            backend = _backend(name)
            vars(backend).clear()
            vars(backend).update(state)
        _backend("cloudformation").stacks = dict(self._stacks)
        self._meli.state = copy.deepcopy(self._meli_state)
        self._meli.logged_in_seller = self._seller

    def _count_events(self) -> list[int]:
        return [len(stack.events) for stack in self._stacks.values()]


def _backend(name: Any) -> Any:
    return get_backend(name)[ACCOUNT][REGION]


def _copied(states: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    # A lock cannot be copied, and none is held between two tests.
    locks = [queue._messages_lock for queue in states["sqs"]["queues"].values()]
    return copy.deepcopy(states, {id(lock): lock for lock in locks})

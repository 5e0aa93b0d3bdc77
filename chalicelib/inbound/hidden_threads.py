"""Questions and purchases that Mercado Livre does not show, while it shows others: a state, and no failure of a job."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.errors import NotFound, NotShown
from chalicelib.inbound.conversation_state import StateWriter
from chalicelib.inbound.states import Shown
from chalicelib.mercado_livre.sites import sale_page
from chalicelib.models import Thread
from chalicelib.observability import count, logger
from chalicelib.sentences.wording import Wording
from chalicelib.stores import set_aside, troubles
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.set_aside import SetAside
from chalicelib.stores.threads import ThreadRecord
from chalicelib.stores.troubles import Troubles, seller_place

STATE = "reading"


class HiddenThreads:
    """Told once in the conversation and in /health; sweeps try them again, until they are shown. Repeating is safe."""

    def __init__(
        self,
        states: StateWriter,
        set_aside: SetAside,
        troubles: Troubles,
        sellers: Sellers,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._states = states
        self._set_aside = set_aside
        self._troubles = troubles
        self._sellers = sellers
        self._wording = wording
        self._clock = clock

    def note(self, record: ThreadRecord, refusal: NotShown) -> None:
        thread = record.thread
        count("NotAllShown")
        logger.warning("Mercado Livre does not show this thread", status=refusal.status)
        self._set_aside.add(thread, set_aside.NOT_SHOWN, now=int(self._clock().timestamp()))
        self._note_trouble(thread)
        words = self._wording.say("thread_not_shown", words=refusal.brief, link=self._link(thread))
        self._tell(record, Shown("not shown", note=words.strip()))

    def note_shown(self, record: ThreadRecord, *, is_from_sweep: bool) -> None:
        """A thread was brought up to date: say so where its conversation says that it is not shown.

        One without a conversation says nothing, and is tried again by a sweep.
        """
        was_told = bool(record.conversation and record.conversation.told_of(STATE))
        if was_told:
            self._tell(record, Shown("", note=self._wording.say("thread_shown_again")))
        if was_told or is_from_sweep:
            self._forget(record.thread, was_told=was_told)

    def _forget(self, thread: Thread, *, was_told: bool) -> None:
        """One trouble stands for all of a seller: it is forgotten with the last."""
        hidden = [one.thread for one in self._set_aside.of(thread.seller_id) if one.is_hidden]
        if not was_told and thread not in hidden:
            return
        self._troubles.forget(seller_place(thread.seller_id), troubles.NOT_SHOWN)
        for other in [one for one in hidden if one != thread][:1]:
            self._note_trouble(other)
        if thread in hidden:
            # Last: a sweep tries it again where this is cut off before.
            self._set_aside.remove(thread)

    def _note_trouble(self, thread: Thread) -> None:
        place, keep = seller_place(thread.seller_id), troubles.NOT_SHOWN_REMEMBERED
        self._troubles.note(place, troubles.NOT_SHOWN, str(thread), keep=keep)

    def _tell(self, record: ThreadRecord, shown: Shown) -> None:
        if not record.has_conversation:
            return
        try:
            self._states.tell(record, STATE, shown)
        except NotFound:
            logger.warning("the conversation is gone", chatwoot_conversation_id=record.opened.conversation_id)

    def _link(self, thread: Thread) -> str:
        return sale_page(self._sellers.site_of(thread.seller_id), thread.meli_id) if thread.kind == "pack" else ""

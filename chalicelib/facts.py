"""Listings and nicknames, remembered so that a busy listing does not cost a call for each question on it."""

from dataclasses import asdict
from datetime import timedelta

from chalicelib.errors import Refused
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.resources import Item, User
from chalicelib.stores.cache import Cache

# A changed listing is announced by an `items` notification, which drops it; the hour is for announcements that get
# lost. Nicknames change rarely and nothing announces it.
ITEM_KEPT = timedelta(hours=1)
USER_KEPT = timedelta(days=1)


class Facts:
    """What stands beside a conversation. None where Mercado Livre does not show it to us."""

    def __init__(self, meli: MercadoLivre, cache: Cache) -> None:
        self._meli = meli
        self._cache = cache

    def item(self, seller_id: int, item_id: str) -> Item | None:
        """A listing, kept for an hour."""
        key = _item_key(seller_id, item_id)
        if remembered := self._cache.get(key):
            return Item(**remembered)
        try:
            item = self._meli.get_item(seller_id, item_id)
        except Refused:
            # Foreign, forbidden or gone: the question is still worth showing.
            return None
        self._cache.put(key, asdict(item), keep=ITEM_KEPT)
        return item

    def user(self, seller_id: int, user_id: int) -> User | None:
        """Somebody's public data, kept for a day."""
        key = f"user/{user_id}"
        if remembered := self._cache.get(key):
            return User(**remembered)
        try:
            user = self._meli.get_user(seller_id, user_id)
        except Refused:
            return None
        self._cache.put(key, asdict(user), keep=USER_KEPT)
        return user

    def forget_item(self, seller_id: int, item_id: str) -> None:
        """Drop what is remembered of a listing; the next question asks again."""
        self._cache.drop(_item_key(seller_id, item_id))


def _item_key(seller_id: int, item_id: str) -> str:
    return f"item/{seller_id}/{item_id}"

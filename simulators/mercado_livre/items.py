"""Listings, one by one and twenty at a time, with pictures drawn here so that pages work offline.

https://developers.mercadolibre.com.ar/es_ar/items-y-busquedas
"""

import re
import unicodedata
from typing import Any

from flask import Response, request
from markupsafe import Markup

from simulators.mercado_livre import errors
from simulators.mercado_livre.core import answer
from simulators.mercado_livre.dates import utc_milliseconds
from simulators.mercado_livre.notifications import Notifications
from simulators.mercado_livre.state import Item, ItemVariation

OUT_OF_STOCK = "out_of_stock"
STATUSES = ("active", "paused", "closed", "under_review", "inactive")
MULTIGET_LIMIT = 20
CURRENCIES = {"MLB": "BRL", "MLA": "ARS", "MLM": "MXN", "MLC": "CLP", "MCO": "COP", "MLU": "UYU", "MPE": "PEN"}
COLOURS = ("#3483fa", "#00a650", "#f2994a", "#9b51e0", "#eb5757", "#2d9cdb")
PICTURE = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500" viewBox="0 0 500 500">'
    '<rect width="500" height="500" fill="#f5f5f5"/>'
    '<path d="M110 190 250 120 390 190V330L250 400 110 330Z" fill="{colour}"/>'
    '<path d="M110 190 250 260 390 190M250 260V400" fill="none" stroke="#fff" stroke-width="10"/>'
    '<text x="250" y="465" font-family="sans-serif" font-size="26" text-anchor="middle" fill="#333">{title}</text>'
    "</svg>"
)


class Items(Notifications):
    def add_item(
        self,
        seller_id: int,
        title: str,
        price: float,
        status: str = "active",
        picture: bool = True,
        forbidden: bool = False,
    ) -> str:
        """A listing that is there already: nothing is notified."""
        with self.lock:
            if seller_id not in self.state.sellers:
                raise errors.Unknown(f"no seller {seller_id}")
            _check_status(status)
            item_id = f"{self.site_id}{next(self.state.item_numbers)}"
            now = self.clock()
            self.state.items[item_id] = Item(item_id, seller_id, title, price, status, picture, forbidden, now, now)
            return item_id

    def set_item_status(self, item_id: str, status: str, sub_status: str = "") -> None:
        """Pause, close or reactivate a listing; its questions stay as they are."""
        with self.lock:
            _check_status(status)
            item = self._find_item(item_id)
            item.status, item.sub_status = status, (sub_status,) if sub_status else ()
            self.touch_item(item_id)

    def set_stock(self, item_id: str, quantity: int) -> None:
        """A listing without stock is paused, and active again when there is some.

        https://developers.mercadolivre.com.br/pt_br/itens-e-buscas
        """
        with self.lock:
            item = self._find_item(item_id)
            item.available_quantity = quantity
            if not quantity and item.status == "active":
                item.status, item.sub_status = "paused", (OUT_OF_STOCK,)
            elif quantity and OUT_OF_STOCK in item.sub_status:
                item.status, item.sub_status = "active", ()
            self.touch_item(item_id)

    def set_price(self, item_id: str, price: float, *, regular_price: float | None = None) -> None:
        """What buyers see; with a regular price beside it, it is an offer, whose beginning is announced as well."""
        with self.lock:
            item = self._find_item(item_id)
            item.price, item.regular_price, item.last_updated = price, regular_price, self.clock()
            self._notify_change("items_prices", f"/items/{item_id}/prices", item.seller_id)
            if regular_price:
                offer = f"/seller-promotions/offers/{_offer_id(item)}"
                self._notify_change("public_offers", offer, item.seller_id)

    def set_variations(self, item_id: str, choices: dict[str, int], *, name: str = "Cor") -> None:
        """What there is to choose, and how many of each: {"Azul": 3, "Verde": 0}."""
        with self.lock:
            item = self._find_item(item_id)
            item.variations = tuple(
                ItemVariation(next(self.state.variation_ids), {name: value}, quantity)
                for value, quantity in choices.items()
            )
            item.available_quantity = sum(choices.values())
            self.touch_item(item_id)

    def touch_item(self, item_id: str) -> None:
        """Something of a listing changes, whatever it is."""
        with self.lock:
            item = self._find_item(item_id)
            item.last_updated = self.clock()
            self._notify_change("items", f"/items/{item_id}", item.seller_id)

    def _find_item(self, item_id: str) -> Item:
        item = self.state.items.get(item_id)
        if item is None:
            raise errors.Unknown(f"no item {item_id}")
        return item

    def _add_routes(self) -> None:
        super()._add_routes()

        @self.api_route("GET", "/items/<item_id>")
        def get_item(caller: int, item_id: str) -> Response:
            return answer(self._read_item(caller, item_id))

        @self.api_route("GET", "/items")
        def get_items(caller: int) -> Response:
            ids = [item_id for item_id in request.args.get("ids", "").split(",") if item_id]
            if not 1 <= len(ids) <= MULTIGET_LIMIT:
                raise errors.bad_request(f"ids must name 1 to {MULTIGET_LIMIT} items")  # wording not documented
            return answer([self._read_entry(caller, item_id) for item_id in ids])

        @self.api_route("GET", "/items/bulk")
        def get_items_in_bulk(caller: int) -> Response:
            ids = [item_id for item_id in request.args.get("ids", "").split(",") if item_id]
            if not 1 <= len(ids) <= MULTIGET_LIMIT:
                raise errors.bad_request(f"ids must name 1 to {MULTIGET_LIMIT} items")  # wording not documented
            entries = ((item_id, self._read_entry(caller, item_id)) for item_id in ids)
            return answer([{"id": one, "status_code": entry["code"], "body": entry["body"]} for one, entry in entries])

        @self.api_route("GET", "/items/<item_id>/sale_price")
        def get_sale_price(caller: int, item_id: str) -> Response:
            self._read_item(caller, item_id)
            item = self.state.items[item_id]
            offer = {"promotion_id": _offer_id(item), "promotion_type": "custom"} if item.regular_price else {}
            return answer(
                {
                    "price_id": "70",
                    "amount": item.price,
                    "regular_amount": item.regular_price,
                    "currency_id": self._currency,
                    "reference_date": utc_milliseconds(self.clock()),
                    "metadata": offer if item.seller_id == caller else {},
                }
            )

        @self.flask.get("/_control/pictures/<item_id>.svg")
        def draw_picture(item_id: str) -> Response:
            item = self.state.items.get(item_id)
            if item is None or not item.picture:
                raise errors.not_found()
            colour = COLOURS[int(re.sub(r"\D", "", item.id)) % len(COLOURS)]
            title = item.title if len(item.title) <= 30 else item.title[:29].rstrip() + "…"
            return Response(PICTURE.format(colour=colour, title=title), content_type="image/svg+xml")

    def _read_entry(self, caller: int, item_id: str) -> dict[str, Any]:
        """One line of a multiget; each carries a code of its own."""
        try:
            return {"code": 200, "body": self._read_item(caller, item_id)}
        except errors.APIError as error:
            return {"code": error.status, "body": {"id": item_id, **error.body}}

    def _read_item(self, caller: int, item_id: str) -> dict[str, Any]:
        item = self.state.items.get(item_id)
        if item is None:
            raise errors.not_found(f"Item with id {item_id} not found")
        if item.forbidden and item.seller_id != caller:
            raise errors.access_denied()
        view = self._view_item(item)
        if attributes := request.args.get("attributes"):
            return {name: value for name, value in view.items() if name in attributes.split(",")}
        return view

    def _view_item(self, item: Item) -> dict[str, Any]:
        picture_id = f"800000-{item.id}_012026"
        picture_url = self._picture_url(item)
        pictures = [
            {
                "id": picture_id,
                "url": picture_url,
                "secure_url": picture_url,
                "size": "500x500",
                "max_size": "1200x1200",
                "quality": "",
            }
        ]
        return {
            "id": item.id,
            "site_id": self.site_id,
            "title": item.title,
            "seller_id": item.seller_id,
            "category_id": f"{self.site_id}188658",
            "user_product_id": item.id.replace(self.site_id, f"{self.site_id}U"),
            "price": item.regular_price or item.price,
            "base_price": item.regular_price or item.price,
            "original_price": None,
            "currency_id": self._currency,
            "initial_quantity": 10,
            "available_quantity": item.available_quantity,
            "sold_quantity": 2,
            "buying_mode": "buy_it_now",
            "listing_type_id": "gold_special",
            "condition": "new",
            "permalink": self._permalink(item),
            "thumbnail_id": picture_id if item.picture else "",
            "thumbnail": picture_url,
            "secure_thumbnail": picture_url,
            "pictures": pictures if item.picture else [],
            "status": item.status,
            "sub_status": list(item.sub_status),
            "tags": ["good_quality_picture"] if item.picture else [],
            "attributes": [],
            "variations": [self._view_variation(item, variation) for variation in item.variations],
            "date_created": utc_milliseconds(item.date_created),
            "last_updated": utc_milliseconds(item.last_updated),
            "health": None,
            "catalog_listing": False,
            "shipping": {
                "mode": "me2",
                "free_shipping": True,
                "logistic_type": "cross_docking",
                "store_pick_up": False,
                "local_pick_up": False,
                "tags": [],
                "methods": [],
                "dimensions": None,
            },
        }

    def _view_variation(self, item: Item, variation: ItemVariation) -> dict[str, Any]:
        return {
            "id": variation.id,
            "attribute_combinations": [
                {"id": name.upper(), "name": name, "value_id": None, "value_name": value}
                for name, value in variation.choice.items()
            ],
            "available_quantity": variation.available_quantity,
            "price": item.price,
            "seller_custom_field": None,
            "attributes": [],
            "picture_ids": [],
            "user_product_id": None,
        }

    @property
    def _currency(self) -> str:
        return CURRENCIES.get(self.site_id, "USD")

    def _picture_url(self, item: Item) -> str:
        return f"{self.base_url}/_control/pictures/{item.id}.svg" if item.picture else ""

    def _permalink(self, item: Item) -> str:
        plain = unicodedata.normalize("NFKD", item.title).encode("ascii", "ignore").decode().lower()
        slug = "-".join(re.findall(r"[a-z0-9]+", plain))
        number = item.id.removeprefix(self.site_id)
        return f"https://produto.mercadolivre.com.br/{self.site_id}-{number}-{slug}-_JM"


def _offer_id(item: Item) -> str:
    return f"OFFER-{item.id}-10000000001"


def _check_status(status: str) -> None:
    if status not in STATUSES:
        raise errors.NotPossible(f"{status} is not one of {', '.join(STATUSES)}")

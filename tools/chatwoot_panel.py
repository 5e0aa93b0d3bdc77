"""The attributes that stand beside a conversation and a contact in Chatwoot, in their order.

The panel shows every attribute that is defined, empty ones too, in the order in which they were made, and only the
first five without a click (seen on Chatwoot 4.16.2). So what an agent looks for stands first, the same for questions
and sales, and there are few.
"""

from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any, NamedTuple

from chalicelib.chatwoot.conversations import SITUATION


class Attribute(NamedTuple):
    """A definition. Its key stays, since filters and rules name it: some are older than what they are called now."""

    model: str
    key: str
    name: str
    kind: str = "text"


ATTRIBUTES = (
    Attribute("conversation_attribute", SITUATION, "Situação"),
    Attribute("conversation_attribute", "meli_items", "Produto"),
    Attribute("conversation_attribute", "meli_total", "Valor"),
    Attribute("conversation_attribute", "meli_sale_link", "Abrir no Mercado Livre", "link"),
    Attribute("conversation_attribute", "meli_shipment", "Envio"),
    Attribute("conversation_attribute", "meli_question_id", "Pergunta"),
    Attribute("conversation_attribute", "meli_item_id", "Anúncio"),
    Attribute("conversation_attribute", "meli_pack_id", "Pacote"),
    Attribute("conversation_attribute", "meli_order_id", "Pedido"),
    Attribute("conversation_attribute", "meli_seller", "Vendedor"),
    Attribute("conversation_attribute", "meli_payment", "Pagamento"),
    Attribute("conversation_attribute", "meli_tracking", "Rastreamento", "link"),
    Attribute("conversation_attribute", "meli_claim", "Reclamação"),
    Attribute("contact_attribute", "meli_user_id", "Usuário no Mercado Livre"),
    Attribute("contact_attribute", "meli_nickname", "Apelido no Mercado Livre"),
    Attribute("contact_attribute", "meli_profile", "Perfil no Mercado Livre", "link"),
)
MODELS = tuple(dict.fromkeys(attribute.model for attribute in ATTRIBUTES))

# Made by versions of before. Conversations keep their values without them.
RETIRED_KEYS = frozenset({"meli_item_link", "meli_item_price", "meli_reply_deadline", "meli_site"})
# What those versions called others. Any other name was chosen by somebody, and stays.
FORMER_NAMES = frozenset({"Bloqueio da conversa", "Itens", "Total", "Link da venda"})


class Misplaced(NamedTuple):
    """What is to be removed and what to be made, in this order, for the definitions to stand as they should."""

    to_remove: list[Mapping[str, Any]]
    to_make: list[Attribute]

    @property
    def missing(self) -> list[Attribute]:
        """What was not there at all."""
        removed = {definition["attribute_key"] for definition in self.to_remove}
        return [attribute for attribute in self.to_make if attribute.key not in removed]


def find_misplaced(model: str, definitions: Iterable[Mapping[str, Any]]) -> Misplaced:
    """Compare an account's definitions with the table. Those that are not ours are left alone.

    What comes after the first that is out of place is made anew: a new one stands last, and none can be moved.
    """
    wanted = [attribute for attribute in ATTRIBUTES if attribute.model == model]
    keys = RETIRED_KEYS.union(attribute.key for attribute in wanted)
    ours = [definition for definition in definitions if definition["attribute_key"] in keys]
    in_place = len(list(takewhile(_is_in_place, zip(ours, wanted, strict=False))))
    names = {d["attribute_key"]: d["attribute_display_name"] for d in ours}
    chosen = {key: name for key, name in names.items() if name not in FORMER_NAMES}
    to_make = [attribute._replace(name=chosen.get(attribute.key, attribute.name)) for attribute in wanted[in_place:]]
    return Misplaced(ours[in_place:], to_make)


def _is_in_place(pair: tuple[Mapping[str, Any], Attribute]) -> bool:
    definition, attribute = pair
    return definition["attribute_key"] == attribute.key and definition["attribute_display_name"] not in FORMER_NAMES

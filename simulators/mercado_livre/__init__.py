"""A stand-in for Mercado Livre: consent, users, listings, questions, sales, messages, notifications.

Each noun is a module with a class that holds its acts (what buyers, sellers and Mercado Livre do) and, in
`_add_routes`, what the API answers. `MercadoLivre` is all of them on one port; a new noun is one more base of it.
"""

from simulators.mercado_livre.control import Control
from simulators.mercado_livre.errors import NotPossible, Unknown
from simulators.mercado_livre.order_search import OrderSearch
from simulators.mercado_livre.question_search import QuestionSearch

__all__ = ["MercadoLivre", "NotPossible", "Unknown"]


class MercadoLivre(Control, QuestionSearch, OrderSearch):
    """Serve `wsgi`; set `base_url` once the port is known."""

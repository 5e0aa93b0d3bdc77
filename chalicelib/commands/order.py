"""/pedido: the sale as it is now."""

from chalicelib.commands import Answer, Request, command


@command("pedido", en="order")
def tell_order(request: Request) -> Answer:
    thread, sources = request.sale_thread, request.sources
    if thread is None:
        return Answer(request.wording.say("command_needs_sale"))
    return Answer(sources.describe_sale(thread, sources.catalog.sale(thread)))

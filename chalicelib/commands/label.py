"""/etiqueta: the label of a parcel, for those who dispatch it."""

from chalicelib.commands import Answer, Request, command


@command("etiqueta", en="label")
def print_label(request: Request) -> Answer:
    thread, sources = request.sale_thread, request.sources
    if thread is None:
        return Answer(request.wording.say("command_needs_sale"))
    words = sources.words(thread, request.wording)
    printed = sources.printer.print(thread, sources.catalog.sale(thread), words)
    return Answer(printed.words, (printed.file,) if printed.file else ())

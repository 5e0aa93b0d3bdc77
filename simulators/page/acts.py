"""What the person at the page does, for everyone but the bridge."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulators.chatwoot import Chatwoot
from simulators.chatwoot.editor import as_editor_sends
from simulators.mercado_livre import MercadoLivre
from simulators.page.happenings import happen, tell_happening

QUESTION_LIMIT = 2000
FILES_FIELD = "files"

TEXT_MISSING = "Escreva o texto primeiro."
TEXT_TOO_LONG = f"O Mercado Livre aceita até {QUESTION_LIMIT} caracteres."

File = tuple[str, str, bytes]  # name, content type, content


class CannotDo(Exception):
    """An act that is not possible now; the message is for the person at the page."""


@dataclass(frozen=True)
class Act:
    """Something the person at the page does: the JSON fields it takes, its line in the log, and why it may not go."""

    fields: Mapping[str, type]
    run: Callable[..., Any]
    story: Callable[..., str]
    refusal: str = "Não é possível fazer isso agora."
    takes_files: bool = False

    def read(self, body: Any) -> dict[str, Any] | None:
        """The fields of the JSON `body`, its files unpacked; None when it is not what this act takes."""
        if not isinstance(body, dict):
            return None
        fields = {name: value for name, value in body.items() if not (self.takes_files and name == FILES_FIELD)}
        if set(fields) != set(self.fields):
            return None
        if any(type(fields[name]) is not kind for name, kind in self.fields.items()):
            return None
        if not self.takes_files:
            return fields
        try:
            return fields | {FILES_FIELD: [_read_file(file) for file in body.get(FILES_FIELD, [])]}
        except (KeyError, TypeError, ValueError, binascii.Error):
            return None


def list_acts(meli: MercadoLivre, chatwoot: Chatwoot) -> dict[str, Act]:
    return {**_list_question_acts(meli), **_list_sale_acts(meli), **_list_desk_acts(chatwoot)}


def _list_question_acts(meli: MercadoLivre) -> dict[str, Act]:
    question = {"question_id": int}
    return {
        "ask": Act(
            {"buyer_id": int, "item_id": str, "text": str},
            lambda buyer_id, item_id, text: meli.ask(buyer_id, item_id, _check_length(text)),
            lambda buyer_id, **_: f"{_name_buyer(meli, buyer_id)} fez uma pergunta no Mercado Livre",
            "Este anúncio não está ativo e não recebe perguntas.",
        ),
        "item_status": Act(
            {"item_id": str, "status": str},
            meli.set_item_status,
            lambda item_id, status: f"O vendedor {_ITEM_ACTS.get(status, 'mudou')} o anúncio {item_id}",
        ),
        "answer_natively": Act(
            {**question, "text": str},
            lambda question_id, text: meli.answer_natively(question_id, _check_length(text)),
            lambda question_id, **_: f"O vendedor respondeu à pergunta {question_id} no próprio Mercado Livre",
            "Só se responde a uma pergunta aberta, em um anúncio ativo.",
        ),
        "delete_question": Act(
            question, meli.delete_question, lambda question_id: f"A pergunta {question_id} foi excluída"
        ),
        "ban_question": Act(
            question,
            lambda question_id: meli.ban_question(question_id, "O texto contém dados de contato."),
            lambda question_id: f"O Mercado Livre removeu a pergunta {question_id}",
        ),
        "hold_question": Act(
            question,
            meli.hold_question,
            lambda question_id: f"O Mercado Livre reteve a pergunta {question_id} para análise",
            "Só uma pergunta ainda sem resposta pode ser retida.",
        ),
        "release_question": Act(
            question,
            meli.release_question,
            lambda question_id: f"O Mercado Livre liberou a pergunta {question_id}",
            "Esta pergunta não está retida.",
        ),
        "ban_answer": Act(
            question,
            lambda question_id: meli.ban_answer(question_id, "A resposta contém dados de contato."),
            lambda question_id: f"O Mercado Livre removeu a resposta à pergunta {question_id}",
            "Esta pergunta ainda não tem resposta.",
        ),
    }


def _list_sale_acts(meli: MercadoLivre) -> dict[str, Act]:
    sale = {"thread_id": int}
    return {
        "buy": Act(
            {"buyer_id": int, "item_id": str, "quantity": int},
            lambda buyer_id, item_id, quantity: meli.buy(buyer_id, item_id, quantity=quantity),
            lambda buyer_id, **_: f"{_name_buyer(meli, buyer_id)} fez uma compra no Mercado Livre",
            "Este anúncio não está ativo e não pode ser comprado.",
        ),
        "order": Act(
            {"buyer_id": int, "item_id": str, "quantity": int},
            lambda buyer_id, item_id, quantity: meli.buy(buyer_id, item_id, quantity=quantity, is_paid=False),
            lambda buyer_id, **_: f"{_name_buyer(meli, buyer_id)} comprou no Mercado Livre e ainda não pagou",
            "Este anúncio não está ativo e não pode ser comprado.",
        ),
        "write": Act(
            {**sale, "text": str},
            lambda thread_id, text, files: meli.write(thread_id, _check_letter(text, files), files),
            lambda thread_id, files, **_: f"O comprador escreveu{_count(files)} na venda {thread_id}",
            "O Mercado Livre aceita até 3500 caracteres do comprador.",
            takes_files=True,
        ),
        "write_natively": Act(
            {**sale, "text": str},
            lambda thread_id, text: meli.write_natively(thread_id, _check_words(text)),
            lambda thread_id, **_: f"O vendedor escreveu na venda {thread_id}, no próprio Mercado Livre",
            "A conversa está bloqueada para o vendedor, ou o texto passa de 350 caracteres.",
        ),
        "read_messages": Act(
            sale, meli.read_messages, lambda thread_id: f"O comprador leu as mensagens da venda {thread_id}"
        ),
        "happen": Act(
            {**sale, "happening": str},
            lambda thread_id, happening: happen(meli, thread_id, happening),
            tell_happening,
            "Isso não pode acontecer com a venda como ela está.",
        ),
        "block": Act(
            {**sale, "substatus": str},
            meli.block,
            lambda thread_id, substatus: f"O Mercado Livre bloqueou a conversa da venda {thread_id} ({substatus})",
        ),
        "unblock": Act(
            sale, meli.unblock, lambda thread_id: f"O Mercado Livre desbloqueou a conversa da venda {thread_id}"
        ),
        "migrate": Act(
            sale,
            meli.migrate,
            lambda thread_id: f"A conversa da venda {thread_id} passou ao assistente de mensagens do Mercado Livre",
        ),
        "moderate": Act(
            {"sale_message_id": str, "reason": str},
            lambda sale_message_id, reason: meli.moderate(sale_message_id, reason),
            lambda reason, **_: f"A moderação do Mercado Livre recusou uma mensagem do vendedor ({reason})",
            "A moderação só recusa mensagens do vendedor.",
        ),
    }


def _list_desk_acts(chatwoot: Chatwoot) -> dict[str, Act]:
    agent = chatwoot.state.agent.available_name

    def write(conversation_id: int, text: str, files: list[File], *, private: bool = False) -> None:
        words = as_editor_sends(_check_letter(text, files)) or None
        chatwoot.reply(conversation_id, words, private=private, attachments=files)

    return {
        "reply": Act(
            {"conversation_id": int, "text": str},
            write,
            lambda conversation_id, files, **_: (
                f"{agent} respondeu{_count(files)} na conversa {conversation_id} do Chatwoot"
            ),
            "O Chatwoot recusou esta mensagem.",
            takes_files=True,
        ),
        "note": Act(
            {"conversation_id": int, "text": str},
            lambda **fields: write(**fields, private=True),
            lambda conversation_id, files, **_: (
                f"{agent} escreveu uma nota privada{_count(files)} na conversa {conversation_id}"
            ),
            "O Chatwoot recusou esta nota.",
            takes_files=True,
        ),
        "retry": Act(
            {"message_id": int},
            chatwoot.press_retry,
            lambda message_id: f"{agent} apertou “Tentar de novo” na mensagem {message_id}",
            "Só se tenta de novo uma mensagem que falhou há menos de um dia.",
        ),
        "conversation_status": Act(
            {"conversation_id": int, "status": str},
            chatwoot.set_status,
            lambda conversation_id, status: (
                f"{agent} {'resolveu' if status == 'resolved' else 'reabriu'} a conversa {conversation_id}"
            ),
        ),
    }


_ITEM_ACTS = {"active": "reativou", "paused": "pausou", "closed": "finalizou"}


def _name_buyer(meli: MercadoLivre, buyer_id: int) -> str:
    with meli.lock:
        buyer = meli.state.buyers.get(buyer_id)
    return buyer.nickname if buyer else "Alguém"


def _count(files: list[File]) -> str:
    return {0: "", 1: ", com um arquivo,"}.get(len(files), f", com {len(files)} arquivos,")


def _read_file(file: Any) -> File:
    """`{"name", "type", "content"}`, the content in base64; a browser gives no type to a file it does not know."""
    name, kind = file["name"], file["type"] or "application/octet-stream"
    if not (isinstance(name, str) and name and isinstance(kind, str)):
        raise ValueError(name)
    return name, kind, base64.b64decode(file["content"], validate=True)


def _check_words(text: str) -> str:
    if not text.strip():
        raise CannotDo(TEXT_MISSING)
    return text.strip()


def _check_letter(text: str, files: list[File]) -> str:
    """A message may be of files only."""
    return text.strip() if files else _check_words(text)


def _check_length(text: str) -> str:
    if len(_check_words(text)) > QUESTION_LIMIT:
        raise CannotDo(TEXT_TOO_LONG)
    return text.strip()

// The listings on Mercado Livre and the questions about them: the buyer's, the seller's and Mercado Livre's part.
import { $, h, setText, update } from "./dom.js";
import { formatDay, formatPrice } from "./format.js";
import { chosen } from "./store.js";

const ITEM_STATUS = {
  active: "ativo",
  paused: "pausado",
  closed: "finalizado",
  under_review: "em análise",
  inactive: "inativo",
};
// Questions that the public listing does not show.
const UNSEEN = {
  UNDER_REVIEW: "em análise pelo Mercado Livre; ainda não aparece no anúncio",
  BANNED: "removida pelo Mercado Livre; não aparece no anúncio",
  DELETED: "excluída; não aparece no anúncio",
  DISABLED: "desativada; não aparece no anúncio",
};

export function renderListings(meli) {
  chosen.buyer = keep(chosen.buyer, meli.buyers);
  chosen.item = keep(chosen.item, meli.items);
  update($("buyers"), meli.buyers.map(renderBuyer));
  update($("items"), meli.items.map((entry) => renderItem(entry, meli.questions)));
}

export function renderQuestions(meli) {
  const item = meli.items.find(({ id }) => id === chosen.item);
  if (!item) {
    update($("questions"), h("p.empty", {}, "Ainda não há anúncios."));
    return;
  }
  setText($("question-label"), `Pergunte sobre “${item.title}”`);
  const questions = meli.questions.filter((question) => question.item_id === item.id);
  update(
    $("questions"),
    questions.length
      ? questions.map(renderQuestion)
      : h("p.empty", {}, "Ninguém perguntou ainda sobre este anúncio. Faça a primeira pergunta!"),
  );
  update($("backstage"), renderBackstage(item));
}

function keep(id, entries) {
  return entries.some((entry) => entry.id === id) ? id : entries.length ? entries[0].id : null;
}

function renderBuyer({ id, nickname }) {
  const properties = { key: id, type: "button", "data-do": "buyer", "data-id": id, "data-testid": "buyer" };
  return h("button", { ...properties, "aria-pressed": String(id === chosen.buyer) }, nickname);
}

function renderItem(item, questions) {
  const count = questions.filter((question) => question.item_id === item.id && !(question.status in UNSEEN)).length;
  return h(
    "button.item",
    {
      key: item.id,
      type: "button",
      title: item.title,
      "data-do": "item",
      "data-id": item.id,
      "data-testid": "item",
      "aria-pressed": String(item.id === chosen.item),
    },
    item.picture ? h("img", { src: item.picture, alt: "" }) : h("span"),
    h("span.title", {}, item.title),
    h("span.price", {}, formatPrice(item)),
    h(
      "span.facts",
      {},
      h(`span.status-${item.status}`, {}, ITEM_STATUS[item.status] || item.status),
      h("span", {}, count === 1 ? "1 pergunta" : `${count} perguntas`),
    ),
  );
}

function renderQuestion(question) {
  const unseen = UNSEEN[question.status];
  const when = formatDay(question.date_created);
  return h(
    unseen ? "article.question.unseen" : "article.question",
    { key: question.id, "data-testid": "question", "data-status": question.status },
    h("p.said", {}, question.text),
    h("p.meta", {}, `${question.buyer_nickname} · ${when}`, unseen ? h("span.removed", {}, ` · ${unseen}`) : ""),
    unseen ? "" : renderAnswer(question),
    renderQuestionActs(question),
  );
}

function renderAnswer({ status, answer }) {
  if (answer && answer.status === "BANNED") {
    return h("p.answered.removed", { key: "answer" }, "O Mercado Livre removeu a resposta.");
  }
  if (answer) {
    const meta = h("span.meta", {}, ` · ${formatDay(answer.date_created)}`);
    return h("p.answered", { key: "answer" }, h("span", { "data-testid": "answer" }, answer.text), meta);
  }
  const words = status === "CLOSED_UNANSWERED" ? "Encerrada sem resposta." : "Aguardando a resposta do vendedor…";
  return h("p.answered.meta.waiting", { key: "waiting" }, words);
}

function renderQuestionActs({ id, status, answer }) {
  const isOpen = status === "UNANSWERED";
  const act = (name, words) => h("button", { key: name, type: "button", "data-act": name, "data-question_id": id }, words);
  return h(
    "details",
    { key: "acts" },
    h("summary", { "data-testid": "question-controls" }, "Bastidores desta pergunta"),
    h(
      "div.acts",
      {},
      isOpen &&
        h(
          "form",
          { key: "answer", "data-act": "answer_natively", "data-question_id": id },
          h("textarea", { name: "text", rows: 1, "data-testid": "native-answer", "aria-label": "Resposta pelo Mercado Livre", placeholder: "Responder no próprio Mercado Livre" }),
          h("button", {}, "Responder"),
        ),
      isOpen && act("hold_question", "Reter para análise"),
      status === "UNDER_REVIEW" && act("release_question", "Liberar"),
      !(status in UNSEEN) && act("ban_question", "Remover (moderação)"),
      answer && answer.status !== "BANNED" && act("ban_answer", "Remover a resposta"),
      status !== "DELETED" && act("delete_question", "Excluir"),
    ),
  );
}

function renderBackstage(item) {
  const target = item.status === "active" ? "paused" : "active";
  const words = item.status === "active" ? "Pausar este anúncio" : "Reativar este anúncio";
  return h(
    "details",
    { key: "backstage" },
    h("summary", { "data-testid": "listing-controls" }, "Bastidores do anúncio"),
    h(
      "div.acts",
      {},
      h(
        "button",
        { type: "button", "data-act": "item_status", "data-item_id": item.id, "data-status": target, "data-testid": "listing-status-button" },
        words,
      ),
    ),
  );
}

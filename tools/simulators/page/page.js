// Polls the state of both simulators and brings the page up to date by changing only what differs, so that focus,
// scrolling, open panels and half-typed words stay as they are. Data becomes text nodes and checked links, never HTML.
"use strict";

const POLL_MILLISECONDS = 700;
const LONGEST_LOG = 400;

const $ = (id) => document.getElementById(id);
let state = null;
let marks = { mercado_livre: 0, chatwoot: 0, page: 0 };
const chosen = { buyer: null, item: null, inbox: null, conversation: null, mode: "reply" };
const drafts = new Map();
// Forms and switches whose act is on its way.
const busy = new WeakSet();

/* Building and updating the DOM */

/** An element: `h("p.quiet", {key: 1}, "text", child, …)`; empty children are left out. */
function h(description, properties, ...children) {
  const [tag, ...classes] = description.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name === "key" ? "data-key" : name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

/** Make the children of `parent` like `wanted`. */
function update(parent, ...wanted) {
  const focused = document.activeElement;
  reconcile(parent, wanted.flat().filter(Boolean));
  // Moving an element takes the focus from it.
  if (focused !== document.activeElement && focused.isConnected && parent.contains(focused)) {
    focused.focus({ preventScroll: true });
  }
}

function reconcile(parent, wanted) {
  const wantedKeys = new Set(wanted.map((node) => node.dataset?.key));
  const keyed = new Map();
  for (const child of [...parent.children]) {
    const { key } = child.dataset;
    if (key && wantedKeys.has(key)) keyed.set(key, child);
    else if (key) child.remove();
  }
  let cursor = parent.firstChild;
  for (const node of wanted) {
    const key = node.dataset?.key;
    const match = key ? keyed.get(key) : cursor && !cursor.dataset?.key ? cursor : null;
    if (match && isAlike(match, node)) {
      if (match === cursor) cursor = cursor.nextSibling;
      else parent.insertBefore(match, cursor);
      morph(match, node);
    } else {
      parent.insertBefore(node, cursor);
    }
  }
  while (cursor) {
    const next = cursor.nextSibling;
    cursor.remove();
    cursor = next;
  }
}

function isAlike(old, fresh) {
  return old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName;
}

function morph(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    // Whether a panel is open is the reader's choice.
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  if (old.nodeName !== "TEXTAREA") reconcile(old, [...fresh.childNodes]);
}

/** Run `change`; an element that was scrolled to its end stays there. */
function followEnd(element, change) {
  const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 30;
  change();
  if (isAtEnd) element.scrollTop = element.scrollHeight;
}

/* Markdown, as far as the bridge and agents use it: bold, links, pictures, rules, escapes */

const INLINE = new RegExp(
  [
    String.raw`\\([\\\x60*_{}\[\]()#+\-.!~|>])`, // 1: escaped
    String.raw`!\[((?:\\.|[^\]\\])*)\]\(([^()\s]+)\)`, // 2, 3: picture
    String.raw`\[((?:\\.|[^\]\\])*)\]\(([^()\s]+)\)`, // 4, 5: link
    String.raw`\*\*(.+?)\*\*`, // 6: bold
    String.raw`(https?:\/\/[^\s<>()]+[^\s<>().,;:!?])`, // 7: bare address
  ].join("|"),
  "gs",
);

function renderMarkdown(text) {
  return text
    .trim()
    .split(/\n\s*\n|\n(?=---\n)|(?<=^---|\n---)\n/)
    .map((block) => (block.trim() === "---" ? h("hr") : h("p", {}, renderInline(block))));
}

function renderInline(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) nodes.push(text.slice(end, match.index));
    nodes.push(renderToken(match));
    end = match.index + match[0].length;
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}

function renderToken([whole, escaped, alt, source, label, target, bold, bare]) {
  if (escaped !== undefined) return escaped;
  if (source !== undefined) return isWebAddress(source) ? h("img", { src: source, alt: unescape(alt) }) : whole;
  if (target !== undefined) return isWebAddress(target) ? link(target, renderInline(label)) : whole;
  if (bold !== undefined) return h("strong", {}, renderInline(bold));
  return link(bare, bare);
}

function unescape(text) {
  return text.replace(/\\(.)/g, "$1");
}

function isWebAddress(text) {
  return /^https?:\/\//i.test(text);
}

function link(address, content) {
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, content);
}

/* Mercado Livre's side */

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

function renderShop(meli) {
  chosen.buyer = keep(chosen.buyer, meli.buyers);
  chosen.item = keep(chosen.item, meli.items);
  const item = meli.items.find(({ id }) => id === chosen.item);
  update($("buyers"), meli.buyers.map((buyer) => renderBuyer(buyer)));
  update($("items"), meli.items.map((entry) => renderItem(entry, meli.questions)));
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

function formatPrice({ price, currency_id }) {
  return new Intl.NumberFormat("pt-BR", { style: "currency", currency: currency_id }).format(price);
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

/* Chatwoot's side */

const CONVERSATION_STATUS = { open: "aberta", resolved: "resolvida", pending: "pendente", snoozed: "adiada" };
const MESSAGE_STATUS = { sent: "✓ enviada", delivered: "✓✓ entregue", read: "✓✓ lida", failed: "✕ falhou" };

function renderDesk(chatwoot) {
  setText($("agent"), `atendente: ${chatwoot.agent}`);
  const conversations = [...chatwoot.conversations].sort((a, b) => b.last_activity_at - a.last_activity_at || b.id - a.id);
  if (!conversations.some(({ id }) => id === chosen.conversation)) openConversation(conversations[0]?.id ?? null);
  const shown = conversations.filter(({ inbox_id }) => chosen.inbox === null || inbox_id === chosen.inbox);
  update($("inboxes"), [renderInbox({ id: null, name: "Todas" }, conversations), ...chatwoot.inboxes.map((inbox) => renderInbox(inbox, conversations))]);
  update($("conversations"), shown.length ? shown.map(renderConversation) : h("p.empty", {}, "Nenhuma conversa aqui."));
  renderThread(conversations.find(({ id }) => id === chosen.conversation), chatwoot.attribute_names);
}

function renderInbox({ id, name }, conversations) {
  const count = conversations.filter(({ inbox_id }) => id === null || inbox_id === id).length;
  return h(
    "button",
    { key: id ?? "all", type: "button", "data-do": "inbox", "data-id": id ?? "", "aria-pressed": String(id === chosen.inbox), "data-testid": "inbox" },
    h("span", {}, name),
    h("span.count", {}, String(count)),
  );
}

function renderConversation(conversation) {
  const isOpen = conversation.id === chosen.conversation;
  const last = conversation.messages.filter(({ message_type }) => message_type !== "activity").at(-1);
  return h(
    "button.conversation",
    {
      key: conversation.id,
      type: "button",
      "data-do": "conversation",
      "data-id": conversation.id,
      "data-testid": "conversation",
      "data-status": conversation.status,
      "aria-current": isOpen ? "true" : null,
    },
    h(
      "span.top",
      {},
      h("span.who", {}, conversation.contact_name),
      !isOpen && conversation.unread_count
        ? h("span.unread", { title: "não lidas" }, String(conversation.unread_count))
        : h("span.number.quiet", {}, `#${conversation.id}`),
    ),
    h("span.last", {}, last ? summarize(last) : "…"),
    h(
      "span.chips",
      {},
      h(`span.chip.${conversation.status}`, {}, CONVERSATION_STATUS[conversation.status] || conversation.status),
      conversation.labels.map((label) => h("span.chip", {}, label)),
    ),
  );
}

function summarize({ content, message_type, private: isPrivate }) {
  const words = (content || "(anexo)").split("\n")[0].replace(/!?\[([^\]]*)\]\([^)]*\)|\*\*/g, "$1");
  return `${isPrivate ? "Nota: " : message_type === "incoming" ? "" : "↩ "}${words}`;
}

function openConversation(id) {
  drafts.set(chosen.conversation, $("words").value);
  chosen.conversation = id;
  $("words").value = drafts.get(id) || "";
  $("messages").scrollTop = $("messages").scrollHeight;
}

function renderThread(conversation, attributeNames) {
  $("reply").hidden = !conversation;
  if (!conversation) {
    update($("thread-head"));
    update($("messages"), h("p.nothing", {}, "As perguntas feitas à esquerda aparecem aqui em um instante."));
    update($("attributes"));
    return;
  }
  const isResolved = conversation.status === "resolved";
  update(
    $("thread-head"),
    h("span", {}, h("span.who", {}, conversation.contact_name), h("span.quiet", {}, ` · ${conversation.inbox_name}`)),
    h(
      "button",
      { type: "button", "data-act": "conversation_status", "data-conversation_id": conversation.id, "data-status": isResolved ? "open" : "resolved" },
      isResolved ? "Reabrir" : "Resolver",
    ),
  );
  const isOther = $("messages").dataset.conversation !== String(conversation.id);
  followEnd($("messages"), () => update($("messages"), conversation.messages.map(renderMessage)));
  if (isOther) $("messages").scrollTop = $("messages").scrollHeight;
  $("messages").dataset.conversation = conversation.id;
  update($("attributes"), renderAttributes(conversation.custom_attributes, attributeNames));
}

function renderMessage(message) {
  const { message_type: type, private: isPrivate, status } = message;
  const key = `${message.conversation_id}/${message.id}`;
  if (type === "activity") return h("div.message.activity", { key }, `${message.content} · ${formatTime(message.created_at)}`);
  const kind = isPrivate ? "private" : type === "incoming" ? "incoming" : status === "failed" ? "outgoing.failed" : "outgoing";
  return h(
    `div.message.${kind}`,
    { key, "data-testid": "message", "data-status": status, "data-type": isPrivate ? "note" : type },
    h("div.bubble", {}, renderMarkdown(message.content || ""), message.attachments.map(renderAttachment)),
    h("div.under", {}, renderUnder(message, kind)),
  );
}

function renderUnder(message, kind) {
  const isEcho = Boolean(message.content_attributes.external_echo);
  const who = isEcho ? "enviado no Mercado Livre" : message.sender_name || "";
  const under = [h("span", {}, [kind === "private" ? "Nota privada" : "", who, formatTime(message.created_at)].filter(Boolean).join(" · "))];
  if (kind.startsWith("outgoing") && !isEcho) {
    under.push(h(message.status === "failed" ? "span.removed" : "span.sent", { key: "status" }, MESSAGE_STATUS[message.status] || message.status));
  }
  if (message.status === "failed") {
    under.push(
      h("button", { key: "retry", type: "button", "data-act": "retry", "data-message_id": message.id, "data-testid": "retry-button" }, "Tentar de novo"),
      h("span.reason", { key: "reason", "data-testid": "failure-reason" }, message.external_error || "Sem motivo informado."),
    );
  }
  return under;
}

function renderAttachment({ file_type, data_url }) {
  if (!isWebAddress(data_url)) return "";
  return file_type === "image" ? h("img", { src: data_url, alt: "anexo" }) : h("p", {}, link(data_url, "📎 anexo"));
}

function renderAttributes(attributes, names) {
  const entries = Object.entries(attributes);
  return [
    h("h3", {}, "Dados da conversa"),
    entries.length
      ? h("dl", {}, entries.map(([key, value]) => h("div", { key }, h("dt", {}, names[key] || key), h("dd", {}, renderValue(String(value))))))
      : h("p.quiet", {}, "Nenhum."),
  ];
}

function renderValue(value) {
  return isWebAddress(value) ? link(value, value.replace(/^https?:\/\//, "")) : value;
}

/* The log */

function appendLog(lines) {
  followEnd($("log"), () => {
    $("log").append(...lines.map(renderLine));
    while ($("log").childElementCount > LONGEST_LOG) $("log").firstElementChild.remove();
  });
}

function renderLine({ at, side, text, outcome, tone }) {
  return h(
    `li.${side}.${tone}`,
    { "data-testid": "log-entry", "data-tone": tone },
    h("time", { datetime: at }, formatClock(at)),
    h("span.dot"),
    h("span", {}, h("span.text", {}, text), " ", h("span.outcome", {}, outcome)),
  );
}

/* Dates */

function formatClock(text) {
  const moment = new Date(text);
  return `${moment.toLocaleTimeString("pt-BR", { hour12: false })},${String(moment.getMilliseconds()).padStart(3, "0")}`;
}

function formatTime(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("pt-BR", { hour: "2-digit", minute: "2-digit" });
}

function formatDay(text) {
  return new Date(text).toLocaleString("pt-BR", { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" });
}

/* Polling */

function render() {
  if (!state) return;
  renderShop(state.mercado_livre);
  renderDesk(state.chatwoot);
  for (const box of document.querySelectorAll("[data-outage]")) {
    const isAway = state.outages[box.dataset.outage];
    if (!busy.has(box)) box.checked = isAway;
    box.closest(".side").classList.toggle("away", isAway);
  }
}

let polling = Promise.resolve();
let isLost = false;

/** Polls go one after another, so that no line of the log is fetched twice. */
function poll() {
  polling = polling.then(pollOnce, pollOnce);
  return polling;
}

async function pollOnce() {
  try {
    const response = await fetch(`api/state?${new URLSearchParams(marks)}`);
    if (!response.ok) throw new Error(String(response.status));
    state = await response.json();
    marks = state.marks;
    render();
    if (state.log.length) appendLog(state.log);
    if (isLost) hideToast();
    isLost = false;
  } catch (error) {
    if (!(error instanceof TypeError)) console.error(error);
    if (!isLost) showToast("A página perdeu o contato com o programa local. Ele ainda está rodando?", true);
    isLost = true;
  }
}

async function pollForever() {
  await poll();
  setTimeout(pollForever, POLL_MILLISECONDS);
}

/* Acts */

/** Ask for an act and show what came of it; false when it was not possible. */
async function act(name, fields) {
  try {
    const response = await fetch(`api/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    });
    if (!response.ok) {
      const answer = await response.json().catch(() => ({}));
      showToast(answer.message || "Não foi possível. Tente de novo.");
    }
    await poll();
    return response.ok;
  } catch {
    showToast("A página não conseguiu falar com o programa local.");
    return false;
  }
}

let toastTimer;

function showToast(message, stays = false) {
  clearTimeout(toastTimer);
  $("toast").textContent = message;
  $("toast").hidden = false;
  if (!stays) toastTimer = setTimeout(hideToast, 5000);
}

function hideToast() {
  $("toast").hidden = true;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The fields of an act, as its element carries them in data-…; ids that are numbers become numbers. */
function readFields({ act: _, testid: __, key: ___, ...fields }) {
  for (const name of ["question_id", "conversation_id", "message_id"]) {
    if (name in fields) fields[name] = Number(fields[name]);
  }
  return fields;
}

const CHOICES = {
  buyer: (id) => (chosen.buyer = Number(id)),
  item: (id) => (chosen.item = id),
  inbox: (id) => (chosen.inbox = id === "" ? null : Number(id)),
  conversation: (id) => openConversation(Number(id)),
};

function setMode(mode) {
  chosen.mode = mode;
  const isNote = mode === "note";
  for (const tab of document.querySelectorAll("[data-do=mode]")) tab.setAttribute("aria-pressed", String(tab.dataset.mode === mode));
  $("reply").classList.toggle("note", isNote);
  $("words-label").textContent = isNote ? "Nota privada" : "Resposta ao comprador";
  $("words").placeholder = isNote ? "Só os atendentes veem esta nota…" : "Responda ao comprador…";
  $("words").focus();
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("button");
  if (!target) return;
  const { do: choice, id, mode } = target.dataset;
  if (choice === "mode") setMode(mode);
  else if (choice) {
    CHOICES[choice](id);
    render();
  } else if (target.dataset.act) act(target.dataset.act, readFields({ ...target.dataset }));
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const box = form.querySelector("textarea");
  const send = {
    ask: () => act("ask", { buyer_id: chosen.buyer, item_id: chosen.item, text: box.value }),
    reply: () => act(chosen.mode, { conversation_id: chosen.conversation, text: box.value }),
  }[form.id] || (() => act(form.dataset.act, { ...readFields({ ...form.dataset }), text: box.value }));
  submit(form, box, send);
});

/** Empty the box only once its words have arrived, and never words that were typed meanwhile. */
async function submit(form, box, send) {
  if (busy.has(form)) return;
  busy.add(form);
  const words = box.value;
  const wentWell = await send();
  busy.delete(form);
  if (wentWell && box.value === words) box.value = "";
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.nodeName !== "TEXTAREA") return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

document.addEventListener("change", async (event) => {
  const box = event.target;
  if (box.dataset.outage) {
    busy.add(box);
    await act("outage", { service: box.dataset.outage, is_away: box.checked });
    busy.delete(box);
    render();
  } else if (box.id === "details") {
    followEnd($("log"), () => $("log").classList.toggle("detailed", box.checked));
  }
});

pollForever();

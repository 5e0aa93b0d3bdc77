// Chatwoot, as the agent sees it.
import { $, followEnd, h, isWebAddress, link, setText, update } from "./dom.js";
import { renderFile } from "./files.js";
import { formatTime } from "./format.js";
import { chosen, swapDraft } from "./store.js";
import { renderWords } from "./words.js";

const CONVERSATION_STATUS = { open: "aberta", resolved: "resolvida", pending: "pendente", snoozed: "adiada" };
const ATTRIBUTES_AT_FIRST = 5;
const MESSAGE_STATUS = { sent: "✓ enviada", delivered: "✓✓ entregue", read: "✓✓ lida", failed: "✕ não enviada" };

export function renderDesk(chatwoot) {
  setText($("agent"), `atendente: ${chatwoot.agent}`);
  const conversations = [...chatwoot.conversations].sort((a, b) => b.last_activity_at - a.last_activity_at || b.id - a.id);
  if (!conversations.some(({ id }) => id === chosen.conversation)) openConversation(conversations[0]?.id ?? null);
  const shown = conversations.filter(({ inbox_id }) => chosen.inbox === null || inbox_id === chosen.inbox);
  update($("inboxes"), [renderInbox({ id: null, name: "Todas" }, conversations), ...chatwoot.inboxes.map((inbox) => renderInbox(inbox, conversations))]);
  update($("conversations"), shown.length ? shown.map(renderConversation) : h("p.empty", {}, "Nenhuma conversa aqui."));
  renderThread(conversations.find(({ id }) => id === chosen.conversation), chatwoot.attributes);
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
    h("span.where", {}, shortenInbox(conversation.inbox_name)),
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

/** Both inboxes begin with the name of the marketplace. */
function shortenInbox(name) {
  return name.replace(/^Mercado Livre - /, "");
}

function summarize({ content, message_type, private: isPrivate, attachments }) {
  const words = (content || attachments.map(({ name }) => name).join(", ") || "…").split("\n")[0].replace(/!?\[([^\]]*)\]\([^)]*\)|\*\*/g, "$1");
  return `${isPrivate ? "Nota: " : message_type === "incoming" ? "" : "↩ "}${words}`;
}

export function openConversation(id) {
  if (id !== chosen.conversation) swapDraft($("reply"), chosen.conversation, id);
  chosen.conversation = id;
  $("messages").scrollTop = $("messages").scrollHeight;
}

function renderThread(conversation, attributes) {
  $("reply").hidden = !conversation;
  if (!conversation) {
    update($("thread-head"));
    update($("messages"), h("p.nothing", {}, "O que você perguntar ou escrever à esquerda aparece aqui em um instante."));
    update($("attributes"));
    return;
  }
  const isResolved = conversation.status === "resolved";
  update(
    $("thread-head"),
    h("span", {}, h("span.who", {}, conversation.contact_name), h("span.quiet", {}, ` · ${shortenInbox(conversation.inbox_name)}`)),
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
  update($("attributes"), renderPanel(conversation, attributes));
}

function renderMessage(message) {
  const { message_type: type, private: isPrivate, status } = message;
  const key = `${message.conversation_id}/${message.id}`;
  if (type === "activity") return h("div.message.activity", { key }, `${message.content} · ${formatTime(message.created_at)}`);
  const kind = isPrivate ? "private" : type === "incoming" ? "incoming" : status === "failed" ? "outgoing.failed" : "outgoing";
  return h(
    `div.message.${kind}`,
    { key, "data-testid": "message", "data-status": status, "data-type": isPrivate ? "note" : type },
    h("div.bubble", {}, renderWords(message.shown), message.attachments.map(renderAttachment)),
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

function renderAttachment({ name, content_type: type, size, data_url: url }) {
  return renderFile({ name, type, size, url });
}

/** As Chatwoot shows it: each attribute of the account, empty ones too, and the first five until somebody asks for all. */
function renderPanel({ custom_attributes: values, labels }, attributes) {
  const shown = chosen.showsAllAttributes ? attributes : attributes.slice(0, ATTRIBUTES_AT_FIRST);
  return [
    h("h3", {}, "Informação da conversa"),
    h("dl", {}, shown.map(({ key, name }) => h("div", { key, "data-testid": "attribute" }, h("dt", {}, name), h("dd", {}, renderValue(values[key]))))),
    attributes.length > ATTRIBUTES_AT_FIRST &&
      h("button.all", { type: "button", "data-do": "attributes", "data-testid": "all-attributes" }, chosen.showsAllAttributes ? "Mostrar menos" : "Mostrar mais"),
    labels.length > 0 && h("h3", {}, "Etiquetas"),
    labels.length > 0 && h("p.chips", {}, labels.map((label) => h("span.chip", {}, label))),
  ];
}

function renderValue(value) {
  if (!value) return "---";
  return isWebAddress(value) ? link(value, value.replace(/^https?:\/\//, "")) : value;
}

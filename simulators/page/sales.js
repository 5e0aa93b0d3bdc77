// Purchases on Mercado Livre and what is written after them, as the buyer sees it; behind «Mais» what others do.
import { $, followEnd, h, setText, update } from "./dom.js";
import { renderFile } from "./files.js";
import { formatDay } from "./format.js";
import { renderHappenings } from "./happenings.js";
import { chosen, swapDraft } from "./store.js";

const ORDER_STATUS = {
  confirmed: "confirmada",
  payment_required: "aguardando o pagamento",
  payment_in_process: "pagamento em análise",
  partially_paid: "paga em parte",
  paid: "paga",
  partially_refunded: "reembolsada em parte",
  pending_cancel: "em cancelamento",
  cancelled: "cancelada",
  invalid: "inválida",
};
const SHIPMENT_STATUS = {
  to_be_agreed: "entrega a combinar",
  pending: "envio pendente",
  handling: "em preparação",
  ready_to_ship: "pronta para envio",
  shipped: "a caminho",
  delivered: "entregue",
  not_delivered: "não entregue",
  cancelled: "envio cancelado",
};
// A buyer is told that these are on their way, though the API says that they are ready to be sent.
const HANDED_OVER = ["picked_up", "dropped_off", "in_hub"];
const BLOCKS = {
  blocked_by_mediation: "mediação em andamento",
  blocked_by_buyer: "o comprador bloqueou as mensagens",
  blocked_by_time: "30 dias sem mensagens",
  blocked_by_refund: "venda reembolsada",
  blocked_by_cancelled_order: "venda cancelada",
  blocked_by_ai_assistant: "o assistente está atendendo",
};
// Nobody chooses this one: it lasts until a purchase from Full is delivered.
const OTHER_BLOCKS = { blocked_by_fulfillment: "Full, até a entrega" };
const MODERATION_REASONS = {
  PERSONAL_DATA: "dados pessoais",
  OUT_OF_PLACE_LANGUAGE: "linguagem inadequada",
  SOCIAL_NETWORK_LINK: "link de rede social",
  LINK_SHORT_URL: "link encurtado",
  AUTOMATIC_MESSAGE: "mensagem automática",
};
const HELD = { pending: "em análise pelo Mercado Livre", pending_translation: "aguardando a tradução" };

export function renderSales(meli) {
  const purchases = meli.sales.filter((sale) => sale.buyer_id === chosen.buyer);
  const sale = purchases.find(({ thread_id }) => thread_id === chosen.sale);
  if (chosen.sale !== null && !sale) openSale(null);
  const item = meli.items.find(({ id }) => id === chosen.item);
  setText($("buy-title"), item ? `Compre “${item.title}”` : "Ainda não há anúncios");
  update(
    $("purchases"),
    purchases.length
      ? purchases.map((purchase) => renderPurchase(purchase, meli.items))
      : h("p.empty", {}, "Nenhuma compra ainda. Escolha um anúncio e compre!"),
  );
  if (sale) renderSale(sale, meli.items);
}

/** Show a purchase, or with null the list of them. */
export function openSale(id) {
  if (id !== chosen.sale) swapDraft($("write"), chosen.sale, id);
  chosen.sale = id;
}

function renderPurchase(sale, items) {
  const last = sale.messages.at(-1);
  return h(
    "button.purchase",
    { key: sale.thread_id, type: "button", "data-do": "sale", "data-id": sale.thread_id, "data-testid": "purchase" },
    renderThumbnail(sale, items),
    h("span.title", {}, nameItems(sale)),
    h("span.state", {}, describeSale(sale)),
    h("span.last", {}, last ? `${isBuyers(last) ? "Você" : "Vendedor"}: ${summarize(last)}` : "Nenhuma mensagem. Escreva ao vendedor."),
  );
}

function renderThumbnail(sale, items) {
  const picture = items.find(({ title }) => title === sale.items[0]?.title)?.picture;
  return picture ? h("img.thumbnail", { src: picture, alt: "" }) : h("span.thumbnail");
}

function nameItems({ items }) {
  return items.map(({ title, quantity }) => (quantity > 1 ? `${quantity} × ${title}` : title)).join(" + ");
}

function describeSale({ order_status: order, shipment_status, shipment_substatus: substatus, date_created }) {
  const shipment = HANDED_OVER.includes(substatus) ? "shipped" : shipment_status;
  const states = [ORDER_STATUS[order] || order, SHIPMENT_STATUS[shipment] || shipment];
  return `Compra ${states.join(", ")} · ${formatDay(date_created)}`;
}

/** In a migrated conversation the messaging agent passes on what the buyer wrote. */
function isBuyers(message) {
  return message.from !== "seller";
}

function summarize({ text, attachments }) {
  return text || attachments.map(({ original_filename }) => original_filename).join(", ");
}

function renderSale(sale, items) {
  update($("purchase-head"), [
    h("button", { key: "back", type: "button", "data-do": "sale", "data-id": "", "data-testid": "purchases-button", "aria-label": "Voltar às compras" }, "‹"),
    h("div.about", { key: "about" }, renderThumbnail(sale, items), h("b.title", {}, nameItems(sale)), h("span.state", {}, describeSale(sale))),
    renderHappenings(sale),
    renderMore(sale),
  ]);
  update($("purchase-state"), renderStates(sale));
  const isOther = $("purchase-messages").dataset.sale !== String(sale.thread_id);
  const nothing = () => h("p.nothing", {}, "Escreva ao vendedor: a mensagem chega ao Chatwoot em um instante.");
  followEnd($("purchase-messages"), () =>
    update($("purchase-messages"), sale.messages.length ? sale.messages.map(renderMessage) : nothing()),
  );
  if (isOther) $("purchase-messages").scrollTop = $("purchase-messages").scrollHeight;
  $("purchase-messages").dataset.sale = sale.thread_id;
}

function renderStates({ migrated, blocked_substatus: substatus }) {
  return [
    substatus &&
      h("p.blocked", { key: "blocked", "data-testid": "blocked" }, `O vendedor não pode escrever: ${BLOCKS[substatus] || OTHER_BLOCKS[substatus] || substatus}.`),
    migrated && h("p", { key: "migrated", "data-testid": "migrated" }, "A conversa passa pelo assistente de mensagens do Mercado Livre."),
  ];
}

function renderMessage(message) {
  const side = isBuyers(message) ? "mine" : "theirs";
  const isUnseen = message.status !== "available" || message.lost;
  return h(
    `div.letter.${side}${isUnseen ? ".unseen" : ""}`,
    { key: message.id, "data-testid": "sale-message", "data-from": message.from, "data-status": message.status },
    h(
      "div.bubble",
      {},
      message.text && h("p", {}, message.text),
      message.attachments.map((attachment) => renderAttachment(attachment)),
    ),
    h("div.under", {}, formatDay(message.date_created), " · ", describeMessage(message)),
  );
}

function renderAttachment({ original_filename: name, type, size, url, threat }) {
  return renderFile({ name, type, size, url, warning: threat ? "possível ameaça" : "" });
}

function describeMessage(message) {
  const { status, moderation_reason: reason, lost, read } = message;
  if (status === "moderated") {
    const why = reason ? ` (${MODERATION_REASONS[reason] || reason})` : "";
    return h("span.removed", { "data-testid": "moderated" }, `recusada pela moderação${why}; não foi entregue`);
  }
  if (status !== "available") return h("span", {}, HELD[status] || status);
  if (lost) return h("span.removed", {}, "não foi entregue: não passou pelo assistente");
  if (isBuyers(message)) return h("span", {}, read ? "✓✓ lida pelo vendedor" : "✓ enviada");
  return h("span", {}, read ? "lida por você" : "ainda não lida por você");
}

/* What the seller and Mercado Livre do */

function renderMore(sale) {
  const { thread_id: id, messages, migrated, blocked_substatus: substatus } = sale;
  const sent = messages.filter((message) => !isBuyers(message) && message.status === "available");
  const button = (name, words, isPossible = true) =>
    h("button", { key: name, type: "button", "data-act": name, "data-thread_id": id, "data-testid": name, disabled: !isPossible }, words);
  return h(
    "details.more",
    { key: `more ${id}` },
    h("summary", { "data-testid": "more-button" }, "Mais"),
    h(
      "div.acts",
      {},
      h("h3", {}, "Você"),
      button("read_messages", "Ler as mensagens do vendedor", sent.some(({ read }) => !read)),
      h("h3", {}, "O vendedor, no próprio Mercado Livre"),
      h(
        "form",
        { key: "native", "data-act": "write_natively", "data-thread_id": id },
        h("textarea", { name: "text", rows: 1, maxlength: 350, "data-testid": "native-message", "aria-label": "Mensagem do vendedor pelo Mercado Livre", placeholder: "Escrever como vendedor" }),
        h("button", {}, "Enviar"),
      ),
      h("h3", {}, "O Mercado Livre"),
      substatus && substatus !== "blocked_by_fulfillment"
        ? button("unblock", "Desbloquear a conversa")
        : h(
            "form",
            { key: "block", "data-act": "block", "data-thread_id": id },
            select("substatus", "Motivo do bloqueio", Object.entries(BLOCKS)),
            h("button", { "data-testid": "block" }, "Bloquear"),
          ),
      sent.length > 0 &&
        h(
          "form",
          { key: "moderate", "data-act": "moderate" },
          select("sale_message_id", "Mensagem do vendedor a recusar", sent.toReversed().map((message) => [message.id, `“${summarize(message)}”`])),
          select("reason", "Motivo da moderação", Object.entries(MODERATION_REASONS)),
          h("button", { "data-testid": "moderate" }, "Recusar"),
        ),
      button("migrate", migrated ? "Já passa pelo assistente" : "Passar ao assistente de mensagens", !migrated),
    ),
  );
}

function select(name, label, choices) {
  return h(
    "select",
    { name, "aria-label": label, "data-testid": name },
    choices.map(([value, words]) => h("option", { key: value, value }, words)),
  );
}

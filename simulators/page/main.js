// Brings the page up to date with each state that comes, and turns what the person does into acts.
import { openConversation, renderDesk } from "./agent.js";
import { act, showToast, startPolling } from "./api.js";
import { $ } from "./dom.js";
import { dropFile, encodeFiles, filesOf, setFiles, takePicked } from "./files.js";
import { appendLog, showDetails } from "./journal.js";
import { renderListings, renderQuestions } from "./questions.js";
import { openSale, renderSales } from "./sales.js";
import { busy, chosen } from "./store.js";

let state = null;

function showState(fresh) {
  state = fresh;
  render();
  if (state.log.length) appendLog(state.log);
}

function render() {
  if (!state) return;
  renderListings(state.mercado_livre);
  renderQuestions(state.mercado_livre);
  renderSales(state.mercado_livre);
  showTab();
  renderDesk(state.chatwoot);
  for (const box of document.querySelectorAll("[data-outage]")) {
    const isAway = state.outages[box.dataset.outage];
    if (!busy.has(box)) box.checked = isAway;
    box.closest(".side").classList.toggle("away", isAway);
  }
}

/** The questions, the purchases, or the conversation of one purchase. */
function showTab() {
  const isBuying = chosen.tab === "sales";
  const isWriting = isBuying && chosen.sale !== null;
  for (const tab of document.querySelectorAll("[data-do=tab]")) tab.setAttribute("aria-pressed", String(tab.dataset.id === chosen.tab));
  $("shop").hidden = isWriting;
  $("purchase").hidden = !isWriting;
  $("questions-view").hidden = isBuying;
  $("purchases-view").hidden = !isBuying;
}

/* Acts */

const NUMBERS = ["question_id", "conversation_id", "message_id", "thread_id"];

/** The fields of an act, as its element carries them in data-…; ids that are numbers become numbers. */
function readFields({ act: _, testid: __, key: ___, ...fields }) {
  for (const name of NUMBERS) {
    if (name in fields) fields[name] = Number(fields[name]);
  }
  return fields;
}

const CHOICES = {
  tab: ({ id }) => (chosen.tab = id),
  buyer: ({ id }) => (chosen.buyer = Number(id)),
  item: ({ id }) => (chosen.item = id),
  sale: ({ id }) => chooseSale(id === "" ? null : Number(id)),
  inbox: ({ id }) => (chosen.inbox = id === "" ? null : Number(id)),
  conversation: ({ id }) => openConversation(Number(id)),
  mode: ({ mode }) => setMode(mode),
  attributes: () => (chosen.showsAllAttributes = !chosen.showsAllAttributes),
  drop: ({ index }, button) => dropFile(button.form, Number(index)),
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

/** What was pressed is not shown any more, so the focus goes where one goes on. */
function chooseSale(id) {
  const last = chosen.sale;
  openSale(id);
  render();
  if (id !== null) $("letter").focus();
  else document.querySelector(`.purchase[data-id="${last}"]`)?.focus();
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.more[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const target = event.target.closest("button");
  if (!target) return;
  if (target.dataset.do) {
    CHOICES[target.dataset.do](target.dataset, target);
    render();
  } else if (target.dataset.act) act(target.dataset.act, readFields({ ...target.dataset }));
});

// Of the forms that stand in index.html; the others carry their act in data-….
const FORMS = {
  ask: ({ text }) => act("ask", { buyer_id: chosen.buyer, item_id: chosen.item, text }),
  buy: ({ quantity, payment }) => buy(Number(quantity), payment),
  write: ({ text, files }) => act("write", { thread_id: chosen.sale, text, files }),
  reply: ({ text, files }) => act(chosen.mode, { conversation_id: chosen.conversation, text, files }),
};

document.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(event.target);
});

/** Empty the form only once its words and files have arrived, and never of what was put in meanwhile. */
async function submit(form) {
  if (busy.has(form)) return;
  busy.add(form);
  const box = form.querySelector("textarea");
  const words = box?.value;
  const files = filesOf(form);
  const answer = await send(form, files);
  busy.delete(form);
  if (!answer) return;
  if (box && box.value === words) box.value = "";
  if (files.length && filesOf(form) === files) setFiles(form, []);
}

async function send(form, files) {
  const fields = Object.fromEntries(new FormData(form));
  if (!FORMS[form.id]) return act(form.dataset.act, { ...readFields({ ...form.dataset }), ...fields });
  try {
    return await FORMS[form.id]({ ...fields, files: await encodeFiles(files) });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    showToast("Não foi possível ler um dos arquivos. Escolha-o de novo.");
    return null;
  }
}

/** Paid at once, or later. */
async function buy(quantity, payment) {
  const answer = await act(payment === "later" ? "order" : "buy", { buyer_id: chosen.buyer, item_id: chosen.item, quantity });
  if (answer) chooseSale(answer.id);
  return answer;
}

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest("details.more[open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
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
    showDetails(box.checked);
  } else if (box.type === "file") {
    for (const { name } of takePicked(box)) showToast(`${name} passa de ${box.dataset.megabytes} MB, o máximo aqui.`);
  }
});

startPolling(showState);

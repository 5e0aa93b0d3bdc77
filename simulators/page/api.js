// The state of both simulators, asked for again and again, and the acts of the person at the page.
import { $ } from "./dom.js";

const POLL_MILLISECONDS = 700;

let marks = { mercado_livre: 0, chatwoot: 0, page: 0 };
let show = () => {};
let polling = Promise.resolve();
let isLost = false;

/** Show every state that comes, from now on. */
export function startPolling(showState) {
  show = showState;
  pollForever();
}

async function pollForever() {
  await poll();
  setTimeout(pollForever, POLL_MILLISECONDS);
}

/** Polls go one after another, so that no line of the log is fetched twice. */
function poll() {
  polling = polling.then(pollOnce, pollOnce);
  return polling;
}

async function pollOnce() {
  try {
    const response = await fetch(`api/state?${new URLSearchParams(marks)}`);
    if (!response.ok) throw new Error(String(response.status));
    const state = await response.json();
    marks = state.marks;
    show(state);
    if (isLost) hideToast();
    isLost = false;
  } catch (error) {
    if (!(error instanceof TypeError)) console.error(error);
    if (!isLost) showToast("A página perdeu o contato com o programa local. Ele ainda está rodando?", true);
    isLost = true;
  }
}

/** Ask for an act and show what came of it; null when it was not possible. */
export async function act(name, fields) {
  try {
    const response = await fetch(`api/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) showToast(answer.message || "Não foi possível. Tente de novo.");
    await poll();
    return response.ok ? answer : null;
  } catch {
    showToast("A página não conseguiu falar com o programa local.");
    return null;
  }
}

let toastTimer;

export function showToast(message, stays = false) {
  clearTimeout(toastTimer);
  $("toast").textContent = message;
  $("toast").hidden = false;
  if (!stays) toastTimer = setTimeout(hideToast, 5000);
}

function hideToast() {
  $("toast").hidden = true;
}

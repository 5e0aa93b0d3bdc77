// What the person at the page has chosen and half written; what the simulators know is asked of them.
import { filesOf, setFiles } from "./files.js";

export const chosen = {
  tab: "questions",
  buyer: null,
  item: null,
  sale: null,
  inbox: null,
  conversation: null,
  mode: "reply",
  showsAllAttributes: false,
};

// Forms and switches whose act is on its way.
export const busy = new WeakSet();

// By form and what it writes to: {words, files}.
const drafts = new Map();

/** Put away what the form holds for `from`, and take out what was written for `to`. */
export function swapDraft(form, from, to) {
  const box = form.querySelector("textarea");
  drafts.set(`${form.id}/${from}`, { words: box.value, files: filesOf(form) });
  const { words = "", files = [] } = drafts.get(`${form.id}/${to}`) || {};
  box.value = words;
  setFiles(form, files);
}

// Changes only what differs, so that focus, scrolling, open panels and half-typed words stay as they are. Data becomes
// text nodes and checked links, never HTML.

export const $ = (id) => document.getElementById(id);

/** An element: `h("p.quiet", {key: 1}, "text", child, …)`; empty children are left out. */
export function h(description, properties, ...children) {
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
export function update(parent, ...wanted) {
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

// Where the reader has scrolled away from the end.
const readElsewhere = new WeakSet();
const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => showEnd(target)));

document.addEventListener(
  "scroll",
  ({ target }) => {
    const isAtEnd = target.scrollHeight - target.scrollTop - target.clientHeight < 30;
    readElsewhere[isAtEnd ? "delete" : "add"](target);
  },
  true,
);

/** Run `change`; an element that was scrolled to its end stays there, also when it becomes smaller. */
export function followEnd(element, change) {
  resized.observe(element);
  change();
  showEnd(element);
}

function showEnd(element) {
  if (!readElsewhere.has(element)) element.scrollTop = element.scrollHeight;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function isWebAddress(text) {
  return /^https?:\/\//i.test(text);
}

export function link(address, content) {
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, content);
}

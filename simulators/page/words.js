// A message's words as Chatwoot shows them: shown_words.py reads them, this builds elements of what it read.
import { h, isWebAddress, link } from "./dom.js";

const TAGS = ["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "em", "s", "hr", "br"];
const TABLE_TAGS = ["table", "thead", "tbody", "tr", "th", "td"];
const KNOWN = new Set([...TAGS, ...TABLE_TAGS]);

export function renderWords(nodes) {
  return nodes.map((node) => (typeof node === "string" ? node : renderElement(...node)));
}

function renderElement(tag, { href, src, alt, height, start }, children) {
  const content = renderWords(children);
  if (tag === "a") return isWebAddress(href) || href.startsWith("mailto:") ? link(href, content) : h("span", {}, content);
  if (tag === "img") return isWebAddress(src) ? h("img", { src, alt, height }) : alt;
  return h(KNOWN.has(tag) ? tag : "span", { start }, content);
}

// Markdown, as far as the bridge and agents use it: bold, links, pictures, rules, escapes.
import { h, isWebAddress, link } from "./dom.js";

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

export function renderMarkdown(text) {
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

// What just happened, line by line.
import { $, followEnd, h } from "./dom.js";
import { formatClock } from "./format.js";

const LONGEST_LOG = 400;

export function appendLog(lines) {
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

export function showDetails(isWanted) {
  followEnd($("log"), () => $("log").classList.toggle("detailed", isWanted));
}

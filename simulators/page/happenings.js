// What becomes of a sale: a button for each thing, in groups; only what is possible now can be pressed.
import { h } from "./dom.js";

export function renderHappenings({ thread_id: id, happenings }) {
  const groups = [...new Set(happenings.map(({ group }) => group))];
  return h(
    "details.more.wide",
    { key: `happenings ${id}` },
    h("summary", { "data-testid": "happenings-button" }, "Acontece…"),
    h("div.acts", {}, groups.map((group) => renderGroup(id, group, happenings))),
  );
}

function renderGroup(id, group, happenings) {
  const buttons = happenings
    .filter((happening) => happening.group === group)
    .map(({ name, words, is_possible: isPossible }) =>
      h("button", { key: name, type: "button", "data-act": "happen", "data-thread_id": id, "data-happening": name, "data-testid": name, disabled: !isPossible }, words),
    );
  return h("div.group", { key: group, role: "group", "aria-label": group }, h("h3", {}, group, "…"), buttons);
}

// Files: those chosen to go with a message, and those that came with one.
import { h, isWebAddress, link, update } from "./dom.js";
import { formatSize } from "./format.js";

// What browsers draw; an SVG is left out, for it is more than a picture.
const PICTURES = /^image\/(png|jpe?g|gif|webp|bmp)$/;

const chosenFiles = new WeakMap();

/** The files chosen in a form; another list after every change. */
export function filesOf(form) {
  return chosenFiles.get(form) || [];
}

export function setFiles(form, files) {
  chosenFiles.set(form, files);
  update(form.querySelector(".chosen"), files.map(renderChosen));
}

/** Take what was just picked; the files that are too large are given back. */
export function takePicked(input) {
  const limit = Number(input.dataset.megabytes) * 1024 * 1024;
  const picked = [...input.files];
  // So that the same file can be picked again after it was taken out.
  input.value = "";
  setFiles(input.form, [...filesOf(input.form), ...picked.filter(({ size }) => size <= limit)]);
  return picked.filter(({ size }) => size > limit);
}

export function dropFile(form, index) {
  setFiles(form, filesOf(form).filter((_, position) => position !== index));
  form.querySelector("textarea").focus();
}

function renderChosen({ name, size }, index) {
  return h(
    "li",
    { "data-testid": "chosen-file" },
    h("span.name", {}, name),
    h("span.quiet", {}, formatSize(size)),
    h("button", { type: "button", "data-do": "drop", "data-index": index, "aria-label": `Tirar ${name}` }, "×"),
  );
}

/** As the page's acts take files. */
export function encodeFiles(files) {
  return Promise.all(files.map(async (file) => ({ name: file.name, type: file.type, content: await toBase64(file) })));
}

function toBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** A picture is shown, any other file is a link. */
export function renderFile({ name, type, size, url, warning }) {
  if (!isWebAddress(url)) return h("p.file", {}, name);
  if (PICTURES.test(type) && !warning) {
    const picture = h("img.photo", { src: url, alt: name, title: `${name} · ${formatSize(size)}`, "data-testid": "picture" });
    return h("p.file", {}, link(url, picture));
  }
  return h(
    "p.file.paper",
    { "data-testid": "file" },
    link(url, name),
    h("span.quiet", {}, ` ${formatSize(size)}`),
    warning && h("span.removed", {}, ` · ${warning}`),
  );
}

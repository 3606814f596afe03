/** Elements, made by one function. Text is always set as text: nothing here reads HTML. */

/**
 * An element: `h("button.primary", {onclick: save}, "Save")`.
 *
 * Attributes that are functions become listeners or, like `value` and `checked`, properties; those that are
 * null, undefined or false are left out. Children are elements, texts, or (nested) lists of them.
 */
export function h(what, attributes = {}, ...children) {
  const [name, ...classes] = what.split(".");
  const element = document.createElement(name);
  element.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key.replace(/^on/, ""), value);
    else if (key in PROPERTIES) element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...flat(children));
  return element;
}

const PROPERTIES = { value: 1, checked: 1, indeterminate: 1 };

/** Children without those that are null, undefined or false. */
export function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** An element of SVG. */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key.replace(/^on/, ""), value);
    else if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...flat(children));
  return element;
}

/** A short message at the page's foot, read out by screen readers; bad ones stay longer. */
export function toast(text, bad = false) {
  const note = h(`p.toast${bad ? ".bad" : ""}`, {}, text);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), bad ? 8000 : 3000);
}

/** Tabs: `views` is a list of `[title, make]`; a view is made when it is first shown. Arrow keys move. */
export function tabs(views, label) {
  const panel = h("div.panel", { role: "tabpanel", tabindex: "0" });
  const made = new Map();
  const buttons = views.map(([title], index) =>
    h("button", { type: "button", role: "tab", onclick: () => show(index) }, title),
  );
  const list = h("div.tabs", { role: "tablist", "aria-label": label, onkeydown: move }, buttons);

  function show(index) {
    buttons.forEach((button, at) => {
      button.setAttribute("aria-selected", at === index);
      button.tabIndex = at === index ? 0 : -1;
    });
    if (!made.has(index)) made.set(index, views[index][1]());
    panel.setAttribute("aria-label", views[index][0]);
    panel.replaceChildren(...flat([made.get(index)]));
  }

  function move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    show(at);
    buttons[at].focus();
  }

  show(0);
  const element = h("section.tabbed", {}, list, panel);
  element.show = (title) => show(views.findIndex(([name]) => name === title));
  return element;
}

/** A field with its label above and what it is for below. */
export function field(label, control, hint) {
  const id = control.id || `f${(counter += 1)}`;
  control.id = id;
  const help = hint && h("small", { id: `${id}-hint` }, hint);
  if (help) control.setAttribute("aria-describedby", `${id}-hint`);
  return h("div.field", {}, h("label", { for: id }, label), control, help);
}

let counter = 0;

/** A check box with its label beside it. */
export function check(label, attributes = {}) {
  const box = h("input", { type: "checkbox", ...attributes });
  const element = h("label.check", {}, box, label);
  element.box = box;
  return element;
}

/** Offers `text` or bytes as a file. */
export function download(name, content, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = h("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Puts text on the clipboard, or says that it could not. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    toast("The browser does not let this page copy: select the text instead", true);
  }
}

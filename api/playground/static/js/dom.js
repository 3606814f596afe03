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

const ICONS = {
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  save: "M12 4v11M7 10l5 5 5-5M4 20h16",
  upload: "M12 16V5M7 10l5-5 5 5M4 20h16",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  width: "M3 12h18M7 8l-4 4 4 4M17 8l4 4-4 4",
  page: "M6 3h9l4 4v14H6zM14 3v5h5",
  again: "M4 12a8 8 0 1 0 3-6.2M4 4v5h5",
  warn: "M12 4l9 16H3zM12 10v4M12 17v.5",
  check: "M5 13l4 4L19 7",
  up: "M12 19V6M6 11l6-6 6 6",
};

/** A small picture beside a label, or in a button that has a name. */
export function icon(name) {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));
}

/** A button, with an icon before its label; a `bare` one has the icon alone and the label as its name. */
export function button(label, onclick, { name = null, kind = "", bare = false, ...attributes } = {}) {
  const said = bare ? { "aria-label": label, title: label } : {};
  const what = ["button", kind, bare ? "bare" : ""].filter(Boolean).join(".");
  return h(what, { type: "button", onclick, ...said, ...attributes }, name ? icon(name) : null, bare ? null : label);
}

/** A short message at the page's foot, read out by screen readers; bad ones stay longer. */
export function toast(text, bad = false) {
  const note = h(`p.toast${bad ? ".bad" : ""}`, {}, text);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), bad ? 8000 : 3000);
}

let counter = 0;

/** A name that no other element has. */
export function fresh(prefix = "f") {
  return `${prefix}${(counter += 1)}`;
}

/**
 * Tabs: `views` is a list of `[title, make, count]`; a view is made when it is first shown. Arrow keys, Home
 * and End move. `element.show(title)` shows one, `shown(title)` is told of what is shown.
 */
export function tabs(views, label, shown = () => {}) {
  const id = fresh("tabs");
  const panel = h("div.panel", { role: "tabpanel", id, tabindex: "0" });
  const made = new Map();
  const buttons = views.map(([title, , count], index) =>
    h("button", { type: "button", role: "tab", id: `${id}-${index}`, "aria-controls": id, onclick: () => show(index) }, title, count ? h("span.count", {}, String(count)) : null),
  );
  const list = h("div.tabs", { role: "tablist", "aria-label": label, onkeydown: move }, buttons);

  function show(index) {
    if (index < 0) return;
    buttons.forEach((one, at) => {
      one.setAttribute("aria-selected", at === index);
      one.tabIndex = at === index ? 0 : -1;
    });
    if (!made.has(index)) made.set(index, views[index][1]());
    panel.setAttribute("aria-labelledby", `${id}-${index}`);
    panel.replaceChildren(...flat([made.get(index)]));
    shown(views[index][0]);
  }

  function move(event) {
    const at = buttons.indexOf(document.activeElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const index = (next + buttons.length) % buttons.length;
    show(index);
    buttons[index].focus();
  }

  const element = h("section.tabbed", {}, list, panel);
  element.show = (title) => show(views.findIndex(([name]) => name === title));
  show(0);
  return element;
}

/** A field with its label above and what it is for below. */
export function field(label, control, hint) {
  const id = control.id || fresh();
  control.id = id;
  const help = hint && h("small", { id: `${id}-hint` }, hint);
  if (help) control.setAttribute("aria-describedby", `${id}-hint`);
  return h("div.field", {}, h("label", { for: id }, label), control, help);
}

/** A check box with its label beside it. */
export function check(label, attributes = {}) {
  const box = h("input", { type: "checkbox", ...attributes });
  const element = h("label.check", {}, box, label);
  element.box = box;
  return element;
}

/** Something that opens: a title, and what is under it. */
export function fold(title, content, open = false) {
  return h("details.fold", { open }, h("summary", {}, title), h("div.inside", {}, content));
}

/** What is shown where nothing is yet: why, and what to do. */
export function empty(title, text, ...more) {
  return h("div.empty", {}, icon("page"), h("h2", {}, title), h("p", {}, text), ...more);
}

/** A dialog with a form in it; `done(form)` is called when it is sent, and keeps it open by throwing. */
export function dialog(title, content, label, done, kind = "primary") {
  const id = fresh("dialog");
  const fault = h("p.fault", { role: "alert" });
  const element = h(
    "dialog",
    { "aria-labelledby": id, onclose: () => element.remove() },
    h("form", { onsubmit: send }, h("h2", { id }, title), content, fault, h("div.row.end", {}, button("Cancel", () => element.close()), h(`button.${kind}`, { type: "submit" }, label))),
  );
  async function send(event) {
    event.preventDefault();
    try {
      await done(event.target);
      element.close();
    } catch (error) {
      fault.textContent = error.message;
    }
  }
  document.body.append(element);
  element.showModal();
  return element;
}

/** Asks before something is lost. */
export function confirmed(title, text, label, done) {
  return dialog(title, h("p", {}, text), label, done, "danger");
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

/** Buttons that copy the text that `text()` gives and save it as a file. */
export function takeaway(name, text, type) {
  return h("div.row.tight", {}, button("Copy", () => copy(text()), { name: "copy", kind: "quiet" }), button("Save", () => download(name, text(), type), { name: "save", kind: "quiet" }));
}

/** A moment as this reader writes it. */
export function moment(text) {
  return text ? new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(new Date(text)) : "–";
}

/** A length of time in words: `40 s`, `3 min`. */
export function duration(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A number of bytes in words. */
export function bytes(count) {
  for (const [unit, size] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) {
    if (count >= size) return `${(count / size).toFixed(1)} ${unit}`;
  }
  return `${count} bytes`;
}

/** `work` put off until nothing has asked for it for a moment. */
export function later(work, wait = 250) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, wait);
  };
}

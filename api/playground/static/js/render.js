/** Markdown and HTML of documents, shown without letting them do anything. */

import { h } from "./dom.js";

let ready;

async function libraries() {
  ready ??= Promise.all([import("../vendor/markdown-it.mjs"), import("../vendor/purify.mjs")]).then(
    ([{ default: MarkdownIt }, { default: purify }]) => {
      // Nothing is fetched from elsewhere for a document, and none of its links takes this page away.
      purify.addHook("afterSanitizeAttributes", (node) => {
        for (const name of ["src", "srcset", "poster", "background"]) {
          if (node.hasAttribute?.(name) && !node.getAttribute(name).startsWith("data:image/")) node.removeAttribute(name);
        }
        if (node.tagName === "A") Object.assign(node, { target: "_blank", rel: "noopener noreferrer nofollow" });
      });
      return { markdown: new MarkdownIt({ html: true }), purify };
    },
  );
  return ready;
}

const ALLOWED = { FORBID_TAGS: ["style", "form", "input", "button", "iframe", "svg", "math", "base", "meta", "link"], FORBID_ATTR: ["style", "id", "name", "class"] };

const PIECE = 20000; // characters of Markdown that are rendered at once

/** An element that shows Markdown, with the HTML in it; of a long text what is near the screen. */
export function markdownView(text) {
  const near = new IntersectionObserver((seen) => seen.forEach(({ isIntersecting, target }) => isIntersecting && (near.unobserve(target), target.make())), { rootMargin: "1500px 0px" });
  const shown = pieces(text).map((piece) => {
    const element = h("div.rendered", {}, "…");
    element.style.minHeight = `${Math.min(piece.length / 4, 4000)}px`;
    element.make = async () => {
      const { markdown, purify } = await libraries();
      element.replaceChildren(purify.sanitize(markdown.render(piece), { ...ALLOWED, RETURN_DOM_FRAGMENT: true }));
      element.style.minHeight = "";
    };
    near.observe(element);
    return element;
  });
  return h("div.markdown", {}, shown);
}

/** A text in pieces that each stand alone: cut between paragraphs, never in a table or a block of code. */
function pieces(text) {
  const found = [""];
  for (const paragraph of text.split(/\n{2,}/)) {
    const last = found.length - 1;
    const whole = found[last].split("<table").length === found[last].split("</table").length && (found[last].split("\n```").length - 1) % 2 === 0;
    if (found[last].length > PIECE && whole) found.push(paragraph);
    else found[last] += `${found[last] && "\n\n"}${paragraph}`;
  }
  return found;
}

/** An element that shows HTML. */
export function htmlView(text) {
  const element = h("div.rendered", {}, "…");
  libraries().then(({ purify }) => {
    element.replaceChildren(purify.sanitize(text, { ...ALLOWED, RETURN_DOM_FRAGMENT: true }));
  });
  return element;
}

/** A JSON value as a tree that opens step by step. */
export function jsonView(value, name = "", open = true) {
  const label = name === "" ? null : h("span.key", {}, `${name}: `);
  if (value === null || typeof value !== "object") {
    const text = typeof value === "string" && value.length > 400 ? `${value.slice(0, 400)}…` : value;
    return h("div.leaf", {}, label, h(`span.value.${value === null ? "null" : typeof value}`, {}, JSON.stringify(text)));
  }
  const entries = Object.entries(value);
  const brackets = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
  const body = h("div.branch");
  const element = h("details.tree", { open }, h("summary", {}, label, h("span.count", {}, brackets)), body);
  const grow = () => {
    if (!element.open || body.childElementCount) return;
    more(body, entries, 0);
  };
  element.addEventListener("toggle", grow);
  grow();
  return element;
}

const AT_ONCE = 100;

function more(body, entries, from) {
  body.append(...entries.slice(from, from + AT_ONCE).map(([name, item]) => jsonView(item, name, false)));
  const rest = entries.length - from - AT_ONCE;
  if (rest <= 0) return;
  const button = h("button.quiet", { type: "button", onclick: () => (button.remove(), more(body, entries, from + AT_ONCE)) }, `${rest} more`);
  body.append(button);
}

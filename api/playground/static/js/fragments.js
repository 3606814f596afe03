/** The fragments of all pages in order; those of a page are there only while it is near the screen. */

import { h } from "./dom.js";
import { sureness } from "./data.js";
import { htmlView } from "./render.js";

/**
 * `element.put(page)` adds a page or replaces it, `element.reveal(fragment, page)` leads to a fragment,
 * `element.follow(number)` to a page. `scroller` is what it scrolls in where there is room beside the pages.
 */
export function fragmentsPane(view, scroller) {
  const sections = new Map();
  const element = h("div.fragments");
  const near = new IntersectionObserver((seen) => seen.forEach(({ isIntersecting, target }) => (isIntersecting ? fill(target.held) : clear(target.held))), { root: innerWidth > 900 ? scroller : null, rootMargin: "1500px 0px" });

  function fill(held) {
    if (held.views) return;
    held.views = held.page.page_fragments.map((fragment) => fragmentView(fragment, held.page, view));
    held.body.replaceChildren(...(held.views.length ? held.views : [h("p.soft", {}, "Nothing was read on this page.")]));
    held.body.style.minHeight = "";
  }

  function clear(held) {
    if (!held.views || held.body.contains(document.activeElement)) return;
    held.body.style.minHeight = `${held.body.offsetHeight}px`;
    held.body.replaceChildren();
    held.views = null;
  }

  element.put = (page) => {
    let held = sections.get(page.page_number);
    if (!held) {
      const body = h("div.fragment-list");
      const section = h("section", {}, h("h2", {}, h("button.link", { type: "button", onclick: () => view.turn(page.page_number) }, `Page ${page.page_number}`)), body);
      body.style.minHeight = `${60 * page.page_fragments.length}px`;
      held = { section, body };
      section.held = held;
      const after = [...sections.keys()].filter((number) => number > page.page_number).sort((a, b) => a - b)[0];
      element.insertBefore(section, after === undefined ? null : sections.get(after).section);
      sections.set(page.page_number, held);
    }
    const again = Boolean(held.views);
    Object.assign(held, { page, views: null });
    if (again) fill(held);
    near.observe(held.section);
  };
  element.reveal = (fragment, page) => {
    const held = sections.get(page.page_number);
    fill(held);
    element.querySelectorAll(".fragment.selected").forEach((one) => one.classList.remove("selected"));
    const shown = held.views[held.page.page_fragments.indexOf(fragment)];
    shown?.classList.add("selected");
    shown?.focus({ preventScroll: true });
    shown?.scrollIntoView({ block: "nearest" });
  };
  element.follow = (number) => {
    const section = sections.get(number)?.section;
    if (section?.isConnected && innerWidth > 900) scroller.scrollTop += section.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 48;
  };
  return element;
}

function fragmentView(fragment, page, view) {
  const { content, html, image_base64: image, summary } = fragment.content;
  const type = fragment.fragment_type;
  const element = h(
    `article.fragment.t-${type}`,
    { tabindex: "-1", onclick: () => choose() },
    h("header", {}, h(`button.type.t-${type}`, { type: "button", title: "Show it on the page" }, type), h("span.fill"), fragment.source ? h("span.soft", { title: "where the text is from" }, String(fragment.source)) : null, sureness(fragment.confidence)),
    type === "form" || type === "key_value_region" ? pairs(content) : type === "chart" ? chart(content) : html && type === "table" ? htmlView(html) : h("p", {}, content),
    image ? h("img", { src: `data:image/png;base64,${image}`, alt: "The figure as cut from the page", loading: "lazy" }) : null,
    summary ? h("p.summary", {}, summary) : null,
  );
  const choose = () => {
    element.parentElement?.parentElement?.parentElement?.querySelectorAll(".fragment.selected").forEach((one) => one.classList.remove("selected"));
    element.classList.add("selected");
    view.mark(fragment, page);
  };
  return element;
}

/** Fields of a form, which its content has as JSON: a list of objects with a key and a value. */
function pairs(content) {
  try {
    const fields = JSON.parse(content);
    return h("dl.values", {}, fields.map((one) => [h("dt", {}, String(one.key ?? one.label ?? one.name ?? "")), h("dd", {}, one.value === true ? "☑" : one.value === false ? "☐" : String(one.value ?? ""))]));
  } catch {
    return h("p", {}, content);
  }
}

/** The data of a chart as a table: a row for each category, a column for each series. */
function chart(content) {
  try {
    const { title, x_axis: axis, series } = JSON.parse(content);
    const names = axis?.categories || series[0].data.map((_, at) => (Array.isArray(series[0].data[at]) ? "" : String(at + 1)));
    const shown = (value) => (Array.isArray(value) ? value.join(", ") : String(value?.value ?? value ?? ""));
    return [
      title ? h("p.strong", {}, title) : null,
      h("div.rendered", {}, h("table", {}, h("thead", {}, h("tr", {}, h("td"), series.map((one) => h("th", { scope: "col" }, one.name || "value")))), h("tbody", {}, names.map((name, at) => h("tr", {}, h("th", { scope: "row" }, name), series.map((one) => h("td", {}, shown(one.data[at])))))))),
    ];
  } catch {
    return h("p", {}, content); // of a kind without series, or told in words
  }
}

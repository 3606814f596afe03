/** Extracted values and where they stand: a click on a value shows its place, a click on a place its value. */

import { h, takeaway } from "./dom.js";

/**
 * The values of all schemas. `view.show(page, boxes)` leads to a place; `element.places` are the boxes of all
 * values, for the pages to draw, each with `go`, which shows the value.
 */
export function dataPane(result, view, open) {
  const places = [];
  const sections = result.structured_data.map((found) => [
    h("div.section-head", {}, h("h2", {}, found.schema_name), h("span.soft", {}, `page${found.page_numbers.length > 1 ? "s" : ""} ${spans(found.page_numbers)}`), takeaway(`${found.schema_name}.json`, () => JSON.stringify(found.data, null, 2), "application/json")),
    valueView(found.data, found.schema_name),
  ]);

  function valueView(value, path) {
    if (Array.isArray(value)) return list(value, path);
    if (value === null || typeof value !== "object") return h("span.value", {}, value === null ? h("span.soft", {}, "not found") : String(value));
    return h("dl.values", {}, entries(value).map(([name, item]) => [h("dt", {}, name), h("dd", {}, leaf(value, name, item, `${path}.${name}`))]));
  }

  /** Rows of objects with the same plain fields are a table. */
  function list(values, path) {
    if (!values.length) return h("span.soft", {}, "none");
    const plain = values.every((one) => one && typeof one === "object" && !Array.isArray(one) && entries(one).every(([, item]) => item === null || typeof item !== "object"));
    if (!plain) return h("ol.values", {}, values.map((item, at) => h("li", {}, valueView(item, `${path}[${at}]`))));
    const names = [...new Set(values.flatMap((one) => entries(one).map(([name]) => name)))];
    return h(
      "div.scroll",
      { tabindex: "0", role: "region", "aria-label": path },
      h("table.grid", {}, h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, values.map((one, at) => h("tr", {}, names.map((name) => h("td", {}, leaf(one, name, one[name] ?? null, `${path}[${at}].${name}`))))))),
    );
  }

  function leaf(owner, name, item, path) {
    const cited = owner[`${name}_citation`];
    const sure = owner[`${name}_confidence`];
    const shown = valueView(item, path);
    if (!cited?.length || (item && typeof item === "object")) return [shown, sureness(sure)];
    const made = h("button.cited", { type: "button", title: "Show where it stands", onclick: () => show() }, shown);
    const show = () => {
      const number = cited[0].page_number;
      view.show(number, cited.filter((place) => place.page_number === number));
      mark(made);
    };
    const go = () => {
      open();
      view.show(cited[0].page_number, []);
      mark(made);
      made.focus({ preventScroll: true });
      made.scrollIntoView({ block: "center" });
    };
    for (const place of cited) places.push({ page_number: place.page_number, box: place, label: `${path}: ${item}`, go });
    return [made, sureness(sure)];
  }

  const element = h("div.data", {}, sections);
  element.places = places;
  function mark(made) {
    element.querySelectorAll(".cited.on").forEach((one) => one.classList.remove("on"));
    made.classList.add("on");
  }
  return element;
}

function entries(value) {
  return Object.entries(value).filter(([name]) => !["_citation", "_confidence"].some((end) => name.endsWith(end) && name.slice(0, -end.length) in value));
}

/** A confidence for people; a low one stands out. */
export function sureness(share) {
  if (typeof share !== "number") return null;
  const how = share < 0.6 ? "low" : share < 0.85 ? "fair" : "high";
  return h(`span.sure.${how}`, { title: `confidence ${share.toFixed(2)}` }, `${Math.round(100 * share)}\u00a0%`);
}

/** `1–3, 7` for `[1, 2, 3, 7]`. */
export function spans(numbers) {
  const parts = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([a, b]) => (a === b ? a : `${a}–${b}`)).join(", ");
}

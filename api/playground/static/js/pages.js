/** A document's pages with their boxes. A page has a picture and boxes only while it is near the screen. */

import { PREFIX, send } from "./client.js";
import { h, svg } from "./dom.js";

const WIDTH = 1000; // pixels of a page's picture

/**
 * The pages of a result. `chosen(fragment)` is told of clicks on boxes; `element.show(page, boxes)` scrolls to
 * a page and marks boxes on it; `element.mark(fragment)` marks a fragment's own.
 */
export function pagesView(result, chosen) {
  const pages = result.pages || [];
  const element = h("div.pages", { tabindex: "0", role: "group", "aria-label": "Pages" });
  const sheets = new Map();
  const near = new IntersectionObserver(
    (seen) => seen.forEach(({ isIntersecting, target }) => (isIntersecting ? fill : empty)(sheets.get(target.number))),
    { rootMargin: "1200px 0px" },
  );
  const shown = { order: false, cells: false };

  for (const page of pages) {
    const { width, height } = page.page_dimensions || { width: 0, height: 0 };
    const sheet = h("figure.sheet", { id: `page-${page.page_number}` }, h("figcaption", {}, `Page ${page.page_number}`));
    const paper = h("div.paper");
    if (width && height) paper.style.aspectRatio = `${width} / ${height}`;
    sheet.append(paper);
    sheet.number = page.page_number;
    sheets.set(page.page_number, { sheet, paper, page, width, height, marks: [] });
    element.append(sheet);
    near.observe(sheet);
  }

  async function fill(held) {
    if (held.overlay || !held.width) return;
    held.overlay = overlay(held);
    held.paper.append(held.overlay);
    held.stop = new AbortController();
    try {
      const path = `${PREFIX}/parse/${result.parse_id}/pages/${held.page.page_number}/picture?width=${WIDTH}`;
      const response = await patiently(() => send("GET", path, { signal: held.stop.signal }));
      const url = URL.createObjectURL(await response.blob());
      const picture = h("img", { src: url, alt: `Page ${held.page.page_number}`, onload: () => URL.revokeObjectURL(url) });
      held.paper.querySelector("img")?.remove();
      held.paper.prepend(picture);
    } catch (error) {
      if (error.name !== "AbortError") held.paper.dataset.missing = error.message;
    }
  }

  function empty(held) {
    held.stop?.abort();
    held.overlay?.remove();
    held.overlay = null;
    held.paper.querySelector("img")?.remove();
  }

  function overlay(held) {
    const layer = svg("svg", { viewBox: `0 0 ${held.width} ${held.height}`, class: "boxes" });
    held.page.page_fragments.forEach((fragment) => {
      if (!fragment.bbox) return;
      const box = svg("rect", {
        ...corners(fragment.bbox),
        class: `box t-${fragment.fragment_type}`,
        tabindex: "0",
        role: "button",
        "aria-label": `${fragment.fragment_type}: ${String(fragment.content.content || "").slice(0, 80)}`,
        onclick: () => chosen(fragment, held.page),
        onkeydown: (event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), chosen(fragment, held.page)),
      });
      layer.append(box);
      if (shown.cells) for (const cell of fragment.content.cells || []) layer.append(svg("rect", { ...corners(cell.bounding_box), class: "cell" }));
      if (shown.order && fragment.reading_order !== null) {
        layer.append(svg("text", { x: fragment.bbox.x1 - 2, y: fragment.bbox.y1 + 8, class: "order" }, String(fragment.reading_order + 1)));
      }
    });
    held.marks.forEach((box) => layer.append(svg("rect", { ...corners(box), class: "mark" })));
    return layer;
  }

  function redraw(held) {
    if (!held.overlay) return;
    const fresh = overlay(held);
    held.overlay.replaceWith(fresh);
    held.overlay = fresh;
  }

  element.show = (number, boxes) => {
    for (const held of sheets.values()) {
      const marks = held.page.page_number === number ? boxes : [];
      if (held.marks.length || marks.length) [held.marks] = [marks], redraw(held);
    }
    const held = sheets.get(number);
    if (!held) return;
    held.sheet.scrollIntoView({ block: "nearest" });
    const [first] = boxes;
    if (first && held.height) {
      const top = held.paper.getBoundingClientRect().top + (first.y1 / held.height) * held.paper.clientHeight;
      if (top < 80 || top > innerHeight - 80) scrollBy({ top: top - innerHeight / 3 });
    }
  };
  element.mark = (fragment, page) => element.show(page.page_number, fragment.bbox ? [fragment.bbox] : []);
  element.toggle = (what) => {
    shown[what] = !shown[what];
    sheets.forEach(redraw);
    return shown[what];
  };
  return element;
}

/** What `ask` gives, asked again after a moment as long as the service has too much to draw. */
async function patiently(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error.status !== 429) throw error;
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

function corners({ x1, y1, x2, y2 }) {
  return { x: x1, y: y1, width: Math.max(x2 - x1, 0.5), height: Math.max(y2 - y1, 0.5) };
}

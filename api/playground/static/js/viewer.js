/** A document's pages with their boxes. A page has a picture and boxes only while it is near the screen. */

import { PREFIX, send } from "./client.js";
import { button, h, later } from "./dom.js";
import { overlay } from "./overlay.js";

const WIDTHS = [1000, 1600, 2400]; // pixels of a page's picture: the least that is sharp
const ZOOMS = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4];

/**
 * The pages of a job. `chosen(fragment, page)` is told of clicks on boxes, `turned(number)` of the page that is
 * looked at. `pages(numbers)` makes room for pages, `put(page)` gives one its fragments, `fault(number, text)`
 * and `stage(number, text)` say what is the matter with it; `show(number, boxes)` leads to a page and marks
 * boxes on it, `fields(places)` draws boxes `{page_number, box, label, go}` of extracted values.
 */
export function viewer(parseId, { chosen = () => {}, turned = () => {}, picture = null } = {}) {
  const sheets = new Map();
  const drawn = { boxes: true, order: false, cells: false, hidden: new Set(), fields: [] };
  const rail = h("div.rail");
  const scroller = h("div.scroller", { tabindex: "0", role: "region", "aria-label": "Pages. Arrow keys turn pages, plus and minus zoom, 0 fits the width, 1 the page.", onkeydown: key, onscroll: later(look, 60) }, rail);
  const near = new IntersectionObserver((seen) => seen.forEach(({ isIntersecting, target }) => (isIntersecting ? fill : clear)(sheets.get(target.number))), { root: scroller, rootMargin: "900px 0px" });
  let [zoom, fitted, current] = [1, "width", 1];

  const box = h("input.page-number", { type: "number", min: "1", "aria-label": "Page", onchange: () => turn(Number(box.value)) });
  const of = h("span.of");
  const level = h("output.level", { "aria-label": "Zoom" }, "100 %");
  const toggle = (what, label) => {
    const made = button(label, () => (made.setAttribute("aria-pressed", (drawn[what] = !drawn[what])), redraw()), { kind: "quiet", "aria-pressed": String(drawn[what]) });
    return made;
  };
  const bar = h(
    "div.viewbar",
    { role: "toolbar", "aria-label": "Pages" },
    h("span.group", {}, button("Previous page", () => turn(neighbour(-1)), { name: "left", bare: true, kind: "quiet" }), box, of, button("Next page", () => turn(neighbour(1)), { name: "right", bare: true, kind: "quiet" })),
    h("span.group", {}, button("Smaller", () => step(-1), { name: "minus", bare: true, kind: "quiet" }), level, button("Larger", () => step(1), { name: "plus", bare: true, kind: "quiet" }), button("Fit the width", () => fit("width"), { name: "width", bare: true, kind: "quiet" }), button("Fit the page", () => fit("page"), { name: "page", bare: true, kind: "quiet" })),
    h("span.group", {}, toggle("boxes", "Boxes"), toggle("order", "Reading order"), toggle("cells", "Table cells")),
  );
  const legend = h("div.legend", { role: "group", "aria-label": "Types of fragments: press to hide" });
  const element = h("div.viewer", {}, bar, legend, scroller);

  function sheet(number) {
    if (sheets.has(number)) return sheets.get(number);
    const note = h("span.note");
    const paper = h("div.paper");
    const figure = h("figure.sheet", { id: `page-${number}` }, h("figcaption", {}, `Page ${number}`, note), paper);
    const held = { number, figure, paper, note, page: null, width: 0, height: 0, marks: [], selected: null };
    figure.number = number;
    const after = [...sheets.keys()].find((other) => other > number);
    sheets.set(number, held);
    if (after === undefined) rail.append(figure);
    else {
      rail.insertBefore(figure, sheets.get(after).figure);
      const sorted = [...sheets].sort(([a], [b]) => a - b);
      sheets.clear();
      sorted.forEach(([name, one]) => sheets.set(name, one));
    }
    near.observe(figure);
    return held;
  }

  function count() {
    const last = Math.max(0, ...sheets.keys());
    box.max = last;
    of.textContent = `of ${last}`;
    box.value = current;
  }

  async function fill(held) {
    if (held.near) return;
    held.near = true;
    draw(held);
    await paint(held);
  }

  /** The page's picture, as sharp as it is large. */
  async function paint(held) {
    const wanted = held.paper.clientWidth * Math.min(devicePixelRatio, 2);
    const width = WIDTHS.find((one) => one >= wanted) || WIDTHS.at(-1);
    if (held.painted >= width || held.unpainted) return;
    held.painted = width;
    held.stop?.abort();
    held.stop = new AbortController();
    try {
      const path = picture?.(held.number, width) || `${PREFIX}/parse/${parseId}/pages/${held.number}/picture?width=${width}`;
      const response = await patiently(() => send("GET", path, { signal: held.stop.signal }));
      const url = URL.createObjectURL(await response.blob());
      const image = h("img", { src: url, alt: `Page ${held.number}` });
      await image.decode().catch(() => {});
      URL.revokeObjectURL(url);
      if (!held.near) return;
      held.paper.querySelector("img")?.remove();
      if (!held.width) held.paper.style.aspectRatio = `${image.naturalWidth} / ${image.naturalHeight}`;
      held.paper.prepend(image);
      held.paper.classList.add("painted");
    } catch (error) {
      held.painted = 0;
      if (error.name === "AbortError" || !held.near) return;
      held.unpainted = true;
      held.paper.dataset.missing = error.message;
    }
  }

  function clear(held) {
    if (!held?.near) return;
    held.near = false;
    held.stop?.abort();
    held.painted = 0;
    held.layer?.remove();
    held.layer = null;
    held.paper.querySelector("img")?.remove();
    held.paper.classList.remove("painted");
  }

  function draw(held) {
    if (!held.near || !held.page || !held.width) return;
    const fresh = overlay(held, drawn, (fragment) => chosen(fragment, held.page));
    if (held.layer) held.layer.replaceWith(fresh);
    else held.paper.append(fresh);
    held.layer = fresh;
  }

  function redraw() {
    sheets.forEach(draw);
  }

  function key(event) {
    if (event.target !== scroller || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = { ArrowRight: () => turn(neighbour(1)), ArrowLeft: () => turn(neighbour(-1)), Home: () => turn(first()), End: () => turn(last()), "+": () => step(1), "=": () => step(1), "-": () => step(-1), 0: () => fit("width"), 1: () => fit("page") }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  const first = () => sheets.keys().next().value;
  const last = () => [...sheets.keys()].at(-1);
  const neighbour = (by) => {
    const all = [...sheets.keys()];
    return all[Math.min(Math.max(all.indexOf(current) + by, 0), all.length - 1)];
  };

  function turn(number) {
    const held = sheets.get(number);
    if (!held) return void (box.value = current);
    scroller.scrollTop = held.figure.offsetTop - 8;
    look();
    settle(number);
  }

  /** Which page is looked at: the one at a third of the window's height. */
  function look() {
    const line = scroller.scrollTop + scroller.clientHeight / 3;
    const atEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 2;
    let found = current;
    for (const held of sheets.values()) if (held.figure.offsetTop <= line) found = held.number;
    if (!atEnd || sheets.get(current)?.figure.offsetTop < scroller.scrollTop) settle(found);
  }

  function settle(number) {
    if (number !== current) turned(number);
    current = number;
    box.value = number;
  }

  function scale(to) {
    const held = sheets.get(current);
    const offset = held ? (scroller.scrollTop - held.figure.offsetTop) / (held.figure.offsetHeight || 1) : 0;
    zoom = Math.min(Math.max(to, ZOOMS[0]), ZOOMS.at(-1));
    rail.style.setProperty("--zoom", zoom);
    level.textContent = `${Math.round(zoom * 100)} %`;
    if (held) scroller.scrollTop = held.figure.offsetTop + offset * held.figure.offsetHeight;
    sharpen();
  }

  const sharpen = later(() => sheets.forEach((held) => held.near && paint(held)));

  function step(by) {
    fitted = null;
    scale((by > 0 ? ZOOMS.find((one) => one > zoom + 0.01) : ZOOMS.findLast((one) => one < zoom - 0.01)) ?? zoom);
  }

  function fit(how) {
    fitted = how;
    if (how === "width") return scale(1);
    const held = sheets.get(current);
    if (held) scale((zoom * (scroller.clientHeight - 44)) / (held.paper.offsetHeight || 1));
  }

  function types() {
    const seen = new Map();
    for (const { page } of sheets.values()) for (const { fragment_type: type } of page?.page_fragments || []) seen.set(type, (seen.get(type) || 0) + 1);
    legend.replaceChildren(
      ...[...seen].map(([type, many]) => {
        const made = h("button", { type: "button", class: `type t-${type}`, "aria-pressed": String(!drawn.hidden.has(type)), onclick: () => hide() }, type, h("span.count", {}, String(many)));
        const hide = () => {
          if (!drawn.hidden.delete(type)) drawn.hidden.add(type);
          made.setAttribute("aria-pressed", String(!drawn.hidden.has(type)));
          redraw();
        };
        return made;
      }),
    );
  }
  const typesSoon = later(types, 100);

  element.pages = (numbers) => (numbers.forEach(sheet), count());
  element.put = (page) => {
    const held = sheet(page.page_number);
    const size = page.page_dimensions || { width: 0, height: 0 };
    Object.assign(held, { page, width: size.width, height: size.height });
    if (size.width) held.paper.style.aspectRatio = `${size.width} / ${size.height}`;
    element.stage(page.page_number, "");
    draw(held);
    count();
    typesSoon();
  };
  element.stage = (number, text) => {
    const held = sheet(number);
    if (held.note.textContent !== text) held.note.textContent = text;
    held.figure.classList.toggle("working", Boolean(text));
  };
  element.fault = (number, text) => {
    const held = sheet(number);
    held.note.textContent = text;
    held.figure.classList.add("bad");
    count();
  };
  element.show = (number, boxes, selected = null) => {
    for (const held of sheets.values()) {
      const marks = held.number === number ? boxes : [];
      const mine = held.number === number ? selected : null;
      if (held.marks.length || marks.length || held.selected !== mine) {
        Object.assign(held, { marks, selected: mine });
        draw(held);
      }
    }
    const held = sheets.get(number);
    if (!held) return;
    const [top] = boxes;
    const at = held.paper.offsetTop + (top && held.height ? (top.y1 / held.height) * held.paper.offsetHeight : 0);
    const end = held.paper.offsetTop + (top && held.height ? (top.y2 / held.height) * held.paper.offsetHeight : 0);
    if (at < scroller.scrollTop + 20 || end > scroller.scrollTop + scroller.clientHeight - 20) scroller.scrollTop = Math.max(0, top ? at - scroller.clientHeight / 3 : held.figure.offsetTop - 8);
    if (top && held.width) {
      const left = held.paper.offsetLeft + (top.x1 / held.width) * held.paper.offsetWidth;
      if (left < scroller.scrollLeft || left > scroller.scrollLeft + scroller.clientWidth - 40) scroller.scrollLeft = left - 60;
    }
    settle(number);
    if (innerWidth <= 900) element.scrollIntoView({ block: "start" });
  };
  element.mark = (fragment, page) => element.show(page.page_number, fragment.bbox ? [fragment.bbox] : [], fragment);
  element.fields = (places) => ((drawn.fields = places), redraw());
  element.turn = turn;
  element.scroller = scroller;
  new ResizeObserver(later(() => (fitted ? fit(fitted) : sharpen()))).observe(scroller);
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

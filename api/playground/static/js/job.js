/** A job: its pages as they are read while it runs, its result when it has ended. */

import { Refused, call, follow } from "./client.js";
import { button, confirmed, copy, duration, h, icon, moment, toast } from "./dom.js";
import { fragmentsPane } from "./fragments.js";
import { jsonView } from "./render.js";
import { noticesOf, resultPanes } from "./panes.js";
import { viewer } from "./viewer.js";

/**
 * The view of the job; `signal` ends what it listens to when another view takes its place. `place` is what its
 * address says of the page and the tab that are looked at, and `put(place)` changes that.
 */
export async function jobView(parseId, go, signal, place, put) {
  const path = `parse/${encodeURIComponent(parseId)}`;
  const first = await call("GET", path);
  const title = h("h1", {}, parseId);
  const meta = h("div.heading");
  const stand = h("div.stand", { role: "status" });
  const body = h("div.body");
  const looked = { ...place };
  let work = null;

  heading(first);
  if (ended(first)) finish(first);
  else {
    watch(first);
    listen();
  }

  async function listen() {
    try {
      for await (const { data } of follow(parseId, signal)) {
        heading(data);
        if (ended(data)) finish(data);
        else await work.news(data);
      }
    } catch (error) {
      if (!signal.aborted) toast(error.message, true);
    }
  }

  function heading(job) {
    const name = job.options?.file_name || job.options?.file_url || "Text";
    title.textContent = name;
    document.title = `${name} – Octavo`;
    const over = ended(job);
    const took = over && job.finished_at ? (new Date(job.finished_at) - new Date(job.created_at)) / 1000 : null;
    const act = (label, to, method, done, options) => button(label, () => attempt(method, to, done), { kind: "quiet", ...options });
    meta.replaceChildren(
      ...[
        h(`span.state.${job.status}`, {}, job.status),
        job.total_pages ? h("span", {}, over ? pagesRead(job) : `${job.total_pages} pages`) : null,
        took === null ? null : h("span", {}, duration(took)),
        h("span", {}, moment(job.created_at)),
        h("span.fill"),
        over ? button("Run again with changes", () => go("#/", job), { kind: "quiet", name: "again" }) : null,
        over ? act("Replay", `${path}/replay`, "POST", () => go(`#/jobs/${parseId}`, true), { title: "Run the same again, taking over what would be done the same" }) : null,
        over ? h("a.button.quiet", { href: `#/compare/${parseId}` }, "Compare") : null,
        over ? button("Delete", () => confirmed("Delete this job?", "Its result is gone then; the file it was read from stays.", "Delete", async () => (await call("DELETE", path), go("#/jobs"))), { kind: "quiet", name: "trash" }) : null,
        over ? null : act("Cancel", `${path}/cancel`, "POST", () => toast("Cancelled"), { name: "close" }),
        button("Copy id", () => copy(parseId), { kind: "quiet", bare: true, name: "copy" }),
      ].filter(Boolean),
    );
  }

  function workspace() {
    const view = viewer(parseId, {
      chosen: (fragment, page) => {
        work.panes?.show("Fragments");
        view.mark(fragment, page);
        fragments.reveal(fragment, page);
      },
      turned: (number) => {
        keep({ page: number });
        // Who turns pages sees their fragments; who clicks on a value or a notice stays with it.
        if (view.matches(":hover") || view.contains(document.activeElement)) fragments.follow(number);
      },
    });
    const right = h("div.right");
    const fragments = fragmentsPane(view, right);
    right.append(h("h2", {}, "Read so far"), fragments);
    return { view, fragments, right, element: h("div.result", {}, view, right) };
  }

  function keep(change) {
    Object.assign(looked, change);
    put(looked);
  }

  function watch(job) {
    work = { ...workspace(), ...live(job) };
    stand.replaceChildren(work.card);
    body.replaceChildren(work.element);
    work.news(job);
  }

  /** The card that tells how far it is, and what brings the pages as they are read. */
  function live(job) {
    const bar = h("progress", { "aria-label": "Pages read" });
    const [line, rest, stages] = [h("strong"), h("span.soft"), h("div.stages")];
    const early = h("p.soft.early-note", {}, "Pages appear here as they are read.");
    const card = h("div.card.progress-card", {}, h("div.row.tight", {}, line, h("span.fill"), rest), bar, stages);
    let [next, hands, started, stopped] = [0, {}, false, false];

    async function news() {
      try {
        const told = await call("GET", `${path}/progress`, { signal });
        tell(told);
        for (let more = true; more; ) {
          const read = await call("GET", `${path}/pages?after=${next}`, { signal });
          more = read.next !== next;
          next = read.next;
          read.pages.forEach((page) => (early.remove(), work.view.put(page), work.fragments.put(page)));
          read.page_errors.forEach((fault) => work.view.fault(fault.page_number, fault.message));
        }
      } catch (error) {
        if (signal.aborted) return;
        if (!stopped) toast(error.message, true);
        stopped = true;
      }
    }

    function tell({ current, total, message, attributes: told }) {
      const waits = told.status === "pending";
      line.textContent = waits ? (told.queue_position > 1 ? `Waiting: ${told.queue_position - 1} before it` : "Waiting for a worker") : total === null ? message || "Opening the document" : current < total ? `${current} of ${total} pages read` : message || "Putting the document together";
      rest.textContent = [told.pages_per_second ? `${told.pages_per_second.toPrecision(2)} pages/s` : "", told.seconds_left === null || told.seconds_left === undefined ? "" : `about ${duration(Math.max(1, Math.round(told.seconds_left)))} left`, told.failed_pages ? `${told.failed_pages} failed` : ""].filter(Boolean).join(" · ");
      if (total) Object.assign(bar, { max: total, value: current });
      else bar.removeAttribute("value");
      stages.replaceChildren(...Object.entries(told.stages).map(([name, many]) => h("span.stage", {}, name, h("span.count", {}, String(many)))));
      if (total && !started && !job.options?.page_range) {
        started = true;
        work.view.pages(Array.from({ length: total }, (_, at) => at + 1));
        if (Number(place.page) > 1) work.view.turn(Number(place.page));
      }
      for (const number of Object.keys(hands)) if (!(number in told.in_hand)) work.view.stage(Number(number), "");
      for (const [number, stage] of Object.entries(told.in_hand)) work.view.stage(Number(number), stage);
      hands = told.in_hand;
    }
    queueMicrotask(() => work.right.append(early));
    return { card, news };
  }

  function finish(job) {
    const fault = job.error ? h("div.notice.bad", {}, icon("warn"), h("span", {}, job.error)) : null;
    if (!job.pages) {
      stand.replaceChildren(...[fault].filter(Boolean));
      body.replaceChildren(h("div.card", {}, h("h2", {}, "What was asked for"), jsonView(job.options.configuration)));
      return;
    }
    work ??= workspace();
    const { view, fragments, right } = work;
    view.pages(job.pages.map((page) => page.page_number));
    for (const page of job.pages) {
      view.put(page);
      fragments.put(page);
    }
    job.page_errors.forEach((one) => view.fault(one.page_number, one.message));
    const again = () => [job.options.job_type, requestOf(job)];
    // In the order: the pane is made with its tabs, and told of afterwards.
    const panes = resultPanes(job, view, fragments, again, (tab) => work.panes && keep({ tab }));
    work.panes = panes;
    right.replaceChildren(panes);
    const flowing = !job.pages.some((page) => page.page_dimensions);
    work.element.classList.toggle("flowing", flowing);
    if (flowing && !place.tab) panes.show(job.structured_data?.length ? "Data" : "Markdown");
    if (place.tab) panes.show(place.tab);
    const faults = noticesOf(job);
    const many = faults.filter(([bad]) => bad).length;
    const told = [many ? `${many} page${many > 1 ? "s" : ""} could not be read` : "", faults.length - many ? `${faults.length - many} warning${faults.length - many > 1 ? "s" : ""}` : ""].filter(Boolean).join(", ");
    stand.replaceChildren(...[fault, told ? h(`div.notice${many ? ".bad" : ""}`, {}, icon("warn"), h("span.fill", {}, told), button("Show", () => panes.show("Notices"), { kind: "quiet" })) : null].filter(Boolean));
    if (!body.contains(work.element)) body.replaceChildren(work.element);
    if (Number(place.page) > 1) requestAnimationFrame(() => (view.turn(Number(place.page)), fragments.follow(Number(place.page))));
  }

  return [title, meta, stand, body];
}

function pagesRead(job) {
  return job.parsed_pages_count === job.total_pages ? `${job.total_pages} page${job.total_pages > 1 ? "s" : ""}` : `${job.parsed_pages_count} of ${job.total_pages} pages`;
}

/** The request that made a job, as far as its result tells. */
export function requestOf(job) {
  const { file_id, file_url, mime_type, page_range, configuration = {} } = job.options;
  const source = file_id ? { file_id } : file_url ? { file_url } : { raw_text: "…", mime_type };
  return { ...source, ...(page_range ? { page_range } : {}), ...configuration };
}

async function attempt(method, path, after) {
  try {
    await call(method, path);
    after();
  } catch (error) {
    toast(error instanceof Refused ? error.message : String(error), true);
  }
}

/** Whether nothing more will happen to the job. */
export function ended(job) {
  return job.status === "successful" || job.status === "failure";
}

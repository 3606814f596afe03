/** What two texts have in common, and what only one has. */

/** Rows `[kind, left, right]` of two lists: `same`, `gone`, `new`, or `changed` where one line took another's place. */
export function difference(a, b) {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const rows = a.slice(0, start).map((line) => ["same", line, line]);
  rows.push(...paired(middle(a.slice(start, a.length - end), b.slice(start, b.length - end))));
  return [...rows, ...a.slice(a.length - end).map((line) => ["same", line, line])];
}

/** Rows of the longest common subsequence (Wagner and Fischer, 1974). */
function middle(left, right) {
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = left[i] === right[j] ? lengths[(i + 1) * width + j + 1] + 1 : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  const rows = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) rows.push(["same", left[i++], right[j++]]);
    else if (j >= right.length || (i < left.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) rows.push(["gone", left[i++], ""]);
    else rows.push(["new", "", right[j++]]);
  }
  return rows;
}

/** Lines that are gone beside those that came in their place. */
function paired(rows) {
  const found = [];
  for (let at = 0; at < rows.length; ) {
    const gone = run(rows, at, "gone");
    const come = run(rows, at + gone, "new");
    const both = Math.min(gone, come);
    for (let one = 0; one < both; one += 1) found.push(["changed", rows[at + one][1], rows[at + gone + one][2]]);
    found.push(...rows.slice(at + both, at + gone), ...rows.slice(at + gone + both, at + gone + come));
    at += gone + come;
    if (!gone && !come) found.push(rows[at++]);
  }
  return found;
}

function run(rows, from, kind) {
  let many = 0;
  while (rows[from + many]?.[0] === kind) many += 1;
  return many;
}

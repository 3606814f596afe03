"""Numbers in their order: which of them count headings, and how they lie in each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from pipelines.documents.headings.candidates import Candidate
from pipelines.documents.headings.looks import Look, compare
from pipelines.documents.headings.numbering import Numbering, is_decimal

Form = tuple[str, int]
"""A form of number, and which of the sizes that it is set in, from the largest."""

# Numbers of one form in sizes this much apart count different things (on scans: measured sizes).
_OTHER_SIZE, _OTHER_ON_SCANS = 1.12, 1.35
# On scans a size that is so many times another is another.
_CLEARLY = 1.2


def count(found: Sequence[Candidate]) -> None:
    """Gives each heading the number that it begins with, if other headings bear out that it is one.

    What says what it counts, or is named by the document itself, is one in any case; else there must be the
    number before or after it, the one it is part of, or one of its parts.
    """
    headings = [one for one in found if one.is_heading]
    last: dict[str, Numbering] = {}
    for one in headings:
        one.number = _read(one.readings, last)
        if one.number is not None:
            last[one.number.form] = one.number
    _keep_borne_out(headings)


def _keep_borne_out(headings: Sequence[Candidate]) -> None:
    """Takes away the numbers that nothing bears out, unless most of their form are borne out."""
    known = {(_family(n), n.values) for one in headings if (n := one.number)}
    values = {own for _, own in known}
    parents = {(family, own[:-1]) for family, own in known}
    doubted: defaultdict[str, list[Candidate]] = defaultdict(list)
    sure: Counter[str] = Counter()
    for one in headings:
        if one.number is None:
            continue
        if one.number.named or one.named or _is_borne_out(one.number, known, parents, values):
            sure[one.number.form] += 1
        else:
            doubted[one.number.form].append(one)
    for form, ones in doubted.items():
        for one in ones:
            if sure[form] <= len(ones):
                one.number = None


def _read(readings: Sequence[Numbering], last: dict[str, Numbering]) -> Numbering | None:
    """The reading that goes on a count; the likeliest where none does."""
    on = (one for one in readings if one.form in last and one.follows(last[one.form]))
    return next(on, readings[0] if readings else None)


def _family(number: Numbering) -> str:
    """Decimals count each other, however many parts they have."""
    return "1" if is_decimal(number) else number.form


def is_decimal_form(form: Form) -> bool:
    """Whether numbers of the form are decimals."""
    return form[0].startswith("1.")


def _is_borne_out(
    number: Numbering,
    known: set[tuple[str, tuple[int, ...]]],
    parents: set[tuple[str, tuple[int, ...]]],
    values: set[tuple[int, ...]],
) -> bool:
    family, parent, value = _family(number), number.parent, number.values[-1]
    beside = any((family, (*parent, value + step)) in known for step in (-1, 1))
    return beside or parent in values or (family, number.values) in parents


def forms(headings: Sequence[Candidate]) -> list[Form | None]:
    """The form of each heading's number; forms that are set in clearly different sizes are several."""
    sizes: defaultdict[str, list[float]] = defaultdict(list)
    for one in headings:
        if one.number and one.look.size:
            sizes[one.number.form].append(one.look.size)
    scanned = any(one.look.scanned for one in headings)
    bounds = {form: _bounds(of, _OTHER_ON_SCANS if scanned else _OTHER_SIZE) for form, of in sizes.items()}
    return [
        (n.form, sum(one.look.size < bound for bound in bounds.get(n.form, [])))
        if (n := one.number)
        else None
        for one in headings
    ]


def _bounds(sizes: Sequence[float], apart: float) -> list[float]:
    """The sizes at which a new class begins, going down; classes of one are none."""
    ordered = sorted(sizes, reverse=True)
    found = []
    start = 0
    for i in range(1, len(ordered)):
        if ordered[i - 1] > apart * ordered[i] and i - start > 1 and len(ordered) - i > 1:
            found.append((ordered[i - 1] + ordered[i]) / 2)
            start = i
    return found


def depths(headings: Sequence[Candidate], of: Sequence[Form | None]) -> dict[Form, int]:
    """How many numbers of other forms a number of each form usually lies in, plus one.

    A number lies in the last one before it whose form is open; a form is closed by a number of one that it
    lies in, or that is set larger.
    """
    seen: defaultdict[Form, Counter[int]] = defaultdict(Counter)
    stack: list[tuple[Form, Candidate]] = []
    for one, form in zip(headings, of, strict=True):
        if form is None or one.number is None:
            continue
        open_forms = [other for other, _ in stack]
        if form in open_forms:
            del stack[open_forms.index(form) :]
        else:
            while stack and not _may_lie_in(one, one.number, stack[-1][1]):
                stack.pop()
        stack.append((form, one))
        seen[form][len(stack)] += 1
    return _with_decimals({form: times.most_common(1)[0][0] for form, times in seen.items()})


def _may_lie_in(one: Candidate, number: Numbering, other: Candidate) -> bool:
    """Whether a heading with a number whose form is not open may be part of the one before it."""
    before = other.number
    if before is not None and is_decimal(number) and is_decimal(before):
        return number.depth > before.depth
    if before is not None and number.depth > 1 and number.values[:1] == before.values[:1]:
        return True  # 3.1 lies in Chapter 3
    order = _clear_order(other.look, one.look)
    return order < 0 or (order == 0 and not number.after)


def _clear_order(one: Look, other: Look) -> int:
    """As ``compare``; on scans only sizes clearly apart count, and capitals, which measure small."""
    if not (one.scanned and other.scanned):
        return compare(one, other)
    smaller, larger = sorted((one.size, other.size))
    if larger > _CLEARLY * smaller:
        return -1 if one.size > other.size else 1
    return (other.capitals > one.capitals) - (one.capitals > other.capitals)


def _with_decimals(found: dict[Form, int]) -> dict[Form, int]:
    """The depths, ``1.1.1`` one below ``1.1`` wherever it was seen."""
    decimals = sorted(form for form in found if is_decimal_form(form))
    if decimals:
        first = min(int(form[0][2:]) for form in decimals)
        top = min(found[form] for form in decimals if int(form[0][2:]) == first)
        found |= {form: top + int(form[0][2:]) - first for form in decimals}
    return found

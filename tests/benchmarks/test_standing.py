"""A report keeps what it said of what was not measured now."""

from __future__ import annotations

from benchmarks.standing import joined, sections

ORDER = ["", "Goals", "bills", "Load"]
OLD = """# Results

Of other days.

## Goals

| set | measure | octavo |
| --- | --- | --- |
| bills | text | 0.8 |
| bills | tables | 0.7 |
| forms | text | 0.6 |

## bills

| engine | text |
| --- | --- |
| octavo | 0.8 |
| other | 0.5 |

`python -m benchmarks quality --engine octavo` · Monday

`python -m benchmarks quality --engine other` · Sunday

## Load

- slow

`python -m benchmarks load jobs` · Monday

- long

`python -m benchmarks load long` · Monday
"""


def test_nothing_measured_changes_nothing() -> None:
    assert joined(sections(OLD), {}, ORDER) == OLD
    assert joined(sections(OLD), sections(OLD), ORDER) == OLD


def test_rows_and_parts_that_were_measured_again_take_the_place_of_theirs() -> None:
    new = """# Results

Of today.

## Goals

| set | measure | octavo |
| --- | --- | --- |
| bills | text | 0.9 |

## bills

| engine | text |
| --- | --- |
| octavo | 0.9 |

`python -m benchmarks quality --engine octavo` · Friday

## Load

- fast

`python -m benchmarks load jobs` · Friday
"""
    text = joined(sections(OLD), sections(new), ORDER)
    assert text.startswith("# Results\n\nOf today.\n\n## Goals")
    assert "| bills | text | 0.9 |\n| bills | tables | 0.7 |\n| forms | text | 0.6 |" in text
    assert (
        "| octavo | 0.9 |\n| other | 0.5 |\n\n`python -m benchmarks quality --engine octavo` · Friday" in text
    )
    assert "`python -m benchmarks quality --engine other` · Sunday" in text
    assert "slow" not in text
    assert text.index("- fast") < text.index("- long")
    assert "Monday" in text.partition("- long")[2]
    assert text.count("Monday") == 1


def test_a_table_of_other_columns_takes_the_place_of_the_old_one() -> None:
    rows = "| engine | text | order |\n| --- | --- | --- |\n| octavo | 0.9 | 1.0 |"
    new = f"## bills\n\n{rows}\n\n`python -m benchmarks x` · Friday"
    text = joined(sections(OLD), sections(new), ORDER)
    assert "other" not in text.partition("## bills")[2].partition("## Load")[0]


def test_new_sections_come_in_their_order() -> None:
    text = joined(
        sections(OLD), sections("## forms\n\nA.\n\n## bills\n\nB."), ["", "Goals", "forms", "bills"]
    )
    assert [title for title in sections(text) if title] == ["Goals", "forms", "bills", "Load"]


def test_tables_of_one_form_below_two_headings_stay_apart() -> None:
    speed = "## Speed\n\n### Digital\n\n{}\n\n### Scanned\n\n{}\n"
    head = "| engine | pages |\n| --- | --- |\n"
    old = speed.format(head + "| octavo | 1 |", head + "| octavo | 2 |\n| rapidocr | 3 |")
    new = speed.format(head + "| octavo | 4 |", head + "| octavo | 5 |")
    expected = speed.format(head + "| octavo | 4 |", head + "| octavo | 5 |\n| rapidocr | 3 |")
    assert joined(sections(old), sections(new), ["Speed"]) == expected

"""Which texts of a form are labels: by their colon, the blank after them, the frame or the line they name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.pages.forms.flat.pieces import COLONS, Piece
from pipelines.pages.forms.flat.sheet import Sheet, are_level
from pipelines.pages.forms.flat.words import has_head
from schemas.geometry import BBox

# Labels without a colon are shorter: at most so many words.
_FEW = 5
# A label has at most so many words, and letters are at least this share of it.
_MOST_WORDS, _LETTERS = 10, 0.5
# A text of more words may be a part of a sentence.
_SHORT = 3
# A frame with more rows than this is no field but a part of the form.
_FRAME_ROWS = 6
# Where so many texts ask by a colon or a line, others may do so without; on a page with so many labels, texts
# that are in line with them, too.
_LEAST_SURE, _LEAST_LABELS = 2, 4
# A table is a form when this share of its texts ask for something, or so many.
_ASKING, _SURELY = 0.15, 8
# The two rows of a label are at most so far (text heights) apart.
_CLOSE = 0.5
# A label in a frame is smaller than its value by this factor, or so far (its heights) above it.
_SMALLER, _AIRY = 0.85, 0.6
# Labels of a column and their values: this many rows and more, level at the left within this, on so much of
# the page at most (heights).
_LEAST_ROWS, _ALIGNED, _COLUMN = 3, 0.8, 12


def labels(sheet: Sheet) -> list[Piece]:
    """The pieces that name a field, in the order of the pieces."""
    found = {id(p): p for p in sheet.pieces if is_name(p) and _is_asked(sheet, p)}
    if len(found) < _LEAST_SURE:
        return list(found.values())
    found |= {id(p): p for p in _framed(sheet)}
    found |= {id(p): p for p in _captions(sheet, found)}
    found |= {id(p): p for p in _known(sheet, found)}
    found |= {id(p): p for p in _columns(sheet, found)}
    return [p for p in sheet.pieces if id(p) in found]


def without_tables(sheet: Sheet, tables: Sequence[BBox]) -> list[Piece]:
    """The pieces of a sheet, less those in tables of data: one in which much asks is a form."""
    gone: set[int] = set()
    for table in tables:
        held = [piece for piece in sheet.pieces if table.holds(*piece.bbox.center)]
        asking = sum(is_name(piece) and _is_asked(sheet, piece) for piece in held)
        if asking < max(_LEAST_LABELS, min(_ASKING * len(held), _SURELY)):
            gone |= {id(piece) for piece in held}
    return [piece for piece in sheet.pieces if id(piece) not in gone]


def whole_names(sheet: Sheet) -> list[Piece]:
    """The pieces of a sheet, those of a label over two rows (the second ends in its colon) as one."""
    upper: dict[int, Piece] = {}
    for piece in sheet.pieces:
        above = _row_above(sheet, piece) if piece.asks and not sheet.left_of(piece) else None
        if above is not None:
            upper[id(piece)] = above
    gone = {id(piece) for piece in upper.values()}
    return [
        _under(upper[id(piece)], piece) if id(piece) in upper else piece
        for piece in sheet.pieces
        if id(piece) not in gone
    ]


def _row_above(sheet: Sheet, piece: Piece) -> Piece | None:
    """The first row of the label that a piece ends: right above it, alone on its row, set like it."""
    for above in sheet.pieces:
        gap = piece.bbox.y1 - above.bbox.y2
        level = abs(above.bbox.x1 - piece.bbox.x1) < _ALIGNED * piece.height
        alike = 0.8 < above.height / piece.height < 1.25
        if level and alike and -0.3 * piece.height < gap < _CLOSE * piece.height and is_name(above):
            alone = not sheet.row(above) and not above.asks and above.blank is None
            return (
                above
                if alone and sheet.are_stacked(above, piece) and sheet.line_under(above) is None
                else None
            )
    return None


def _under(above: Piece, piece: Piece) -> Piece:
    text, words = f"{above.text} {piece.text}", above.words + piece.words
    return Piece(text, above.bbox.union(piece.bbox), words, piece.blank)


def is_name(piece: Piece) -> bool:
    """Whether a text can be a label: short, and of letters."""
    text = "".join(piece.text.split()).rstrip("".join(COLONS))
    letters = sum(char.isalpha() for char in text)
    few = 0 < len(piece.words) <= _MOST_WORDS
    named = few and letters >= max(2, _LETTERS * len(text)) and not _is_of_sentence(piece)
    return named or _is_sign(text)


def _is_of_sentence(piece: Piece) -> bool:
    """Whether a text is a part of a sentence: it ends as one does, or goes on from the line above."""
    if piece.asks or piece.blank is not None:
        return False
    first = piece.words[0].text
    if len(piece.words) <= _SHORT:
        return piece.text.endswith(",") or (first.islower() and piece.text.endswith("."))
    ends = piece.text.endswith((".", ",", ";")) and not has_head(piece.text)
    return ends or (first.islower() and first.isalpha() and len(first) > 1)


def _is_sign(text: str) -> bool:
    """Whether a text is one letter or a sign that asks: ``№:``, ``#``."""
    return text.rstrip(":：.") in {"#", "№"}


def _is_asked(sheet: Sheet, piece: Piece) -> bool:
    """Whether a colon ends it, or a blank to fill in follows."""
    right = sheet.right_of(piece)
    if piece.asks or (right and right[0].text.startswith(COLONS)):
        return True
    line = sheet.line_after(piece)
    return line is not None and sheet.line_under(piece) != line and not _is_answer(sheet, piece)


def _is_answer(sheet: Sheet, piece: Piece) -> bool:
    """Whether the piece stands on the line of the text before it, which asks."""
    left = sheet.left_of(piece)
    line = sheet.line_after(left[0]) if left and left[0].asks else None
    return line is not None and piece.bbox.x1 < line.x2


def _framed(sheet: Sheet) -> Iterator[Piece]:
    """The first text of each frame of a few rows, where a value follows it or nothing does."""
    for frame in sheet.drawn.frames:
        held = sheet.inside(frame)
        if not held or len(held) > 2 * _FRAME_ROWS or _is_grid(sheet, frame):
            continue
        first = min(
            (p for p in held if p is held[0] or are_level(p.bbox, held[0].bbox)), key=lambda p: p.bbox.x1
        )
        across, down = first.bbox.x1 - frame.x1, first.bbox.y1 - frame.y1
        starts = across < 2 * first.height and down < 1.2 * first.height
        room = frame.height / first.height
        if starts and is_name(first) and 2 <= room <= 2 * _FRAME_ROWS and _stands_out(first, held):
            yield first


def _stands_out(first: Piece, held: Sequence[Piece]) -> bool:
    """Whether the first text of a frame is set apart from the others: smaller, or with room between."""
    others = [piece for piece in held if piece is not first]
    if not others or has_head(first.text):
        return True
    below = [p.bbox.y1 - first.bbox.y2 for p in others if not are_level(p.bbox, first.bbox)]
    small = first.height < _SMALLER * min(piece.height for piece in others)
    return small or (len(below) == len(others) and min(below) > _AIRY * first.height)


def _is_grid(sheet: Sheet, frame: BBox) -> bool:
    """Whether the frame is a cell of a table: stacked with two others of its width."""
    stack = [
        other
        for other in sheet.drawn.frames
        if abs(other.x1 - frame.x1) < 0.05 * frame.width
        and abs(other.x2 - frame.x2) < 0.05 * frame.width
        and abs(other.height - frame.height) < 0.3 * frame.height
    ]
    return len(stack) >= 4


def _captions(sheet: Sheet, known: dict[int, Piece]) -> Iterator[Piece]:
    """Short texts right below the line of a place to sign or to fill in."""
    for piece in sheet.pieces:
        if id(piece) in known or not is_name(piece) or len(piece.words) > _FEW or not has_head(piece.text):
            continue
        if sheet.line_over(piece) and not sheet.right_of(piece) and sheet.line_under(piece) is None:
            yield piece


def _columns(sheet: Sheet, known: dict[int, Piece]) -> Iterator[Piece]:
    """Texts one below the other, each with one text to its right, these one below the other too."""
    pairs = []
    asking = [label for label in known.values() if label.asks]
    for piece in sheet.pieces:
        right = sheet.right_of(piece)
        if (
            is_name(piece)
            and len(right) == 1
            and not sheet.left_of(piece)
            and sheet.frame(piece) == sheet.frame(right[0])
            and not (_is_headed(piece, asking) and _is_headed(right[0], asking))
        ):
            pairs.append((piece, right[0]))
    for piece, value in pairs:
        same = [
            (p, v)
            for p, v in pairs
            if abs(p.bbox.x1 - piece.bbox.x1) < _ALIGNED * piece.height
            and abs(v.bbox.x1 - value.bbox.x1) < _ALIGNED * piece.height
            and abs(p.bbox.y1 - piece.bbox.y1) < _COLUMN * piece.height
        ]
        if len(same) >= _LEAST_ROWS and not _are_twins(same):
            yield piece


def _are_twins(pairs: Sequence[tuple[Piece, Piece]]) -> bool:
    """Whether two columns say the same things, as two addresses of one firm do, or are columns of prose."""
    texts = {piece.text for piece, _ in pairs}
    prose = sum(len(piece.words) > _FEW and len(value.words) > _FEW for piece, value in pairs)
    return prose > 0.5 * len(pairs) or any(value.text in texts for _, value in pairs)


def _is_headed(piece: Piece, labels: Sequence[Piece]) -> bool:
    """Whether a label stands at the head of a piece's column."""
    return any(
        abs(label.bbox.x1 - piece.bbox.x1) < _ALIGNED * piece.height
        and 0 < piece.bbox.y1 - label.bbox.y1 < _COLUMN * piece.height
        for label in labels
    )


def _known(sheet: Sheet, known: dict[int, Piece]) -> Iterator[Piece]:
    """Texts that end or begin with a word that most forms ask with, and are followed by one that does not."""
    for piece in sheet.pieces:
        right = sheet.right_of(piece)
        if id(piece) in known or not right or id(right[0]) in known or not is_name(piece):
            continue
        asks_too = has_head(right[0].text) and not _has_figure(right[0])
        name = piece.text[0].isupper() and len(piece.words) <= _FEW and not _has_figure(piece)
        if name and has_head(piece.text) and not asks_too and not _is_answer(sheet, piece):
            yield piece


def _has_figure(piece: Piece) -> bool:
    return any(char.isdigit() for char in piece.text)

"""A Word document as a form: its blanks, and a copy with some of them filled in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.readers.docx.forms.controls import Control, Picture, Surroundings
from pipelines.readers.docx.forms.gaps import EmptyCell, Gap, add_gaps
from pipelines.readers.docx.forms.labels import Labels, labelled
from pipelines.readers.docx.forms.lines import Line, StoryWalk
from pipelines.readers.docx.forms.parts import EditableParts
from pipelines.readers.docx.forms.placeholders import Placeholders
from pipelines.readers.docx.forms.spots import CannotWrite, Spot
from pipelines.readers.docx.forms.stores import Stores
from pipelines.readers.docx.parts import Parts
from pipelines.readers.docx.running import running_parts
from pipelines.readers.docx.styles import Styles
from schemas.forms import Blank, FilledForm, Filling, Origin, Placed

_SIGNED = "_xmlsignatures/"


@dataclass(slots=True)
class _Place:
    """A blank, and all the places of the document that show it."""

    blank: Blank
    spots: list[Spot]


class DocxForm:
    """The places of a Word document that can be filled in, in the order of its headers, text, notes, footers.

    Content controls and form fields; where there are none, lines to write on, boxes and empty cells that
    are only typed. Controls that show the same piece of data are one blank.
    """

    def __init__(self, parts: Parts, styles: Styles) -> None:
        self._parts = EditableParts(parts)
        self._places = {place.blank.id: place for place in self._found(styles)}

    def blanks(self) -> list[Blank]:
        """What can be filled in; all on page 1, as the file knows no pages."""
        return [place.blank for place in self._places.values()]

    def fill(self, fillings: Sequence[Filling]) -> FilledForm:
        """A copy as DOCX with these fillings; without any, the file's own bytes."""
        placed = [self._placed(filling) for filling in fillings]
        package = self._parts.source.package
        changed = self._parts.changed()
        warnings = []
        if changed and any(name.startswith(_SIGNED) for name in package.names()):
            warnings.append("The document is signed: the signature does not hold for the filled copy.")
        return FilledForm(docx=package.rewritten(changed), placed=placed, warnings=warnings)

    def _placed(self, filling: Filling) -> Placed:
        place = self._places.get(filling.blank)
        if place is None:
            return Placed(filling.blank, problem="The document has no such field.")
        if place.blank.read_only and not any(isinstance(spot, Picture) for spot in place.spots):
            problem = "Its content is locked: unlock it in Word (Developer, Properties), or fill it in there."
            return Placed(filling.blank, problem=problem)
        try:
            texts = [spot.write(filling.value) for spot in place.spots]
        except CannotWrite as problem:
            return Placed(filling.blank, problem=str(problem))
        for spot in place.spots:
            self._parts.touch(spot.part)
        return Placed(filling.blank, texts[0])

    def _found(self, styles: Styles) -> Iterator[_Place]:
        """Every place that can be filled in, under an id of its own."""
        stories = list(self._stories(styles))
        is_typed = not any(line.spots for _, lines in stories for line in lines)
        by_data: dict[tuple[str, str], _Place] = {}
        ids: Counter[str] = Counter()
        for part, lines in stories:
            if is_typed:
                add_gaps(part, lines)
            for spot, labels in labelled(lines):
                node = spot.node if isinstance(spot, Control) else None
                known = by_data.get(node.key) if node else None
                if known is not None:
                    known.spots += [spot, *spot.twins]
                    known.blank.names = list(dict.fromkeys([*known.blank.names, *labels.names]))
                    continue
                if isinstance(spot, Gap | EmptyCell) and not (labels.names or labels.nearby):
                    continue
                key = spot.traits.key or spot.traits.title
                ids[key] += 1
                number = f"#{ids[key]}" if ids[key] > 1 else ""
                name = key + number if key else f"blank{ids[key]}"
                place = _Place(_blank(name, spot, labels), [spot, *spot.twins])
                if node:
                    by_data[node.key] = place
                yield place

    def _stories(self, styles: Styles) -> Iterator[tuple[str, list[Line]]]:
        """The lines of every part that has text."""
        source = self._parts.source
        shared = Surroundings(Stores(self._parts), Placeholders(source))
        settings = source.xml(source.of_kind("settings"))
        notes = [name for kind in ("footnotes", "endnotes") if (name := source.of_kind(kind))]
        headers, footers = (running_parts(source, settings, kind) for kind in ("header", "footer"))
        for name in dict.fromkeys([*headers, source.main, *notes, *footers]):
            root = self._parts.root(name)
            if root is not None:
                yield name, StoryWalk(name, shared, styles).lines(root)


def _blank(blank_id: str, spot: Spot, labels: Labels) -> Blank:
    traits = spot.traits
    names = [*labels.names, traits.title, *traits.hints, *labels.nearby, traits.key]
    return Blank(
        blank_id,
        traits.kind,
        Origin.DOCX,
        page=1,
        bbox=None,
        names=list(dict.fromkeys(name for name in names if name)),
        context=labels.context,
        value=traits.value,
        choices=traits.choices,
        multiline=traits.multiline,
        editable=traits.editable,
        longest=traits.longest,
        read_only=traits.read_only,
        format=traits.format,
    )

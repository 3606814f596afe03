"""The pictures that an HTML text shows and that lie beside it: in the same mail, archive or book."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from io import BytesIO

from PIL import Image as Pictures

from models.base import Image
from pipelines.readers.base import FlowReader, ReaderSetup
from pipelines.readers.hidden import HiddenTally
from pipelines.readers.html.reader import illustrated
from pipelines.readers.media import pixels_of
from schemas.reading import FlowPage, FlowView

# Smaller ones are bullets, icons, and the dots by which senders count their readers.
_LEAST_SIDE = 40


class Illustrations:
    """Pictures by the addresses that the HTML gives them; ``find`` gives a picture's file, if it is there."""

    def __init__(self, find: Callable[[str], bytes | None], setup: ReaderSetup) -> None:
        self._find, self._setup = find, setup
        self._worth_showing: dict[str, bool] = {}

    def worth_showing(self, address: str) -> bool:
        """Whether there is a picture at this address in which something can be seen."""
        if address not in self._worth_showing:
            data = self._find(address) if address else None
            self._worth_showing[address] = data is not None and _is_large(data)
        return self._worth_showing[address]

    def pixels(self, address: str) -> Image | None:
        """The picture, RGB; None if there is none. Raises ``DocumentError`` for a damaged one."""
        data = self._find(address)
        return pixels_of(data, self._setup) if data is not None else None


class IllustratedPage(FlowReader):
    """A document that is one HTML text, with pictures beside it."""

    def __init__(self, html: str, find: Callable[[str], bytes | None], setup: ReaderSetup) -> None:
        self._pictures = Illustrations(find, setup)
        tally = HiddenTally()
        self._fragments, self._addresses = illustrated(html, self._pictures.worth_showing, hidden=tally)
        self._hidden = tally.found()

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        """The whole of it."""
        return FlowPage(list(self._fragments), pictures=list(self._addresses), hidden=list(self._hidden))

    def picture(self, number: int, index: int) -> Image | None:
        """See ``FlowReader``."""
        address = self._addresses.get(index)
        return self._pictures.pixels(address) if address else None


def _is_large(data: bytes) -> bool:
    """By its head alone; one that cannot be read is not shown."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # no pixel is decoded here
            with Pictures.open(BytesIO(data)) as picture:
                return min(picture.size) >= _LEAST_SIDE
    except Exception:  # Pillow's plug-ins raise many kinds on damaged files
        return False

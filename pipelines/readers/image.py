"""Pictures through Pillow: a page in pixels, or several where the pages of a TIFF are."""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import ExifTags, ImageCms, ImageOps, UnidentifiedImageError
from PIL import Image as Pictures

from models import images
from models.base import Image
from pipelines.readers.base import DEFAULT_SETUP, PagedReader, ReaderSetup
from schemas.errors import (
    DocumentEmpty,
    DocumentError,
    DocumentUnreadable,
    PageTooLarge,
    PageUnreadable,
    TooLarge,
)
from schemas.forms import Blank, FilledForm, Filling
from schemas.geometry import BBox
from schemas.reading import SourcePage

_FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "WEBP", "BMP", "JPEG2000", "AVIF")
# Further frames are previews, bursts or movement elsewhere.
_OF_PAGES = frozenset({"TIFF"})
_MOVING = frozenset({"GIF", "WEBP", "PNG", "AVIF"})
# OCR wants a page of at most this many pixels (A4 at 170 dpi), however long and narrow, and a long side of at
# least this many; a picture is enlarged by this factor at most.
_MOST_PIXELS, _LONG_SIDE, _MOST_ENLARGED = 2_800_000, 1000, 2.0

# What takes longest of a picture that is one pixel wide is to tell its rows apart.
_LONGEST = 200_000
_MOST_FRAMES = 20_000

_ORIENTATION = ExifTags.Base.Orientation
_ONE_FRAME = "The picture moves: only its first frame was read."


class ImageReader(PagedReader):
    """A picture file. Units are pixels of the frame as displayed (after its EXIF orientation)."""

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        """Opens the file; its pixels are decoded page by page.

        Raises:
            DocumentUnreadable: it is no picture of a known kind, or its first frame cannot be opened.
            DocumentEmpty: it has no frames.
        """
        self._max_page_pixels = setup.max_page_pixels
        self._lock = threading.Lock()
        self._frame: tuple[int, Image] | None = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the pixel limit is checked here, before decoding
                self._file = Pictures.open(path, formats=_formats(path))
                frames = _frames(self._file)
        except TooLarge:
            raise
        except Exception as error:  # Pillow's plug-ins raise many kinds on damaged files
            raise _why(error) from error
        self._moves = frames > 1 and self._file.format in _MOVING
        self._frames = frames if self._file.format in _OF_PAGES else min(frames, 1)
        if self._frames < 1:
            raise DocumentEmpty("The image has no frames.")

    def page_count(self) -> int:
        """See ``PagedReader``."""
        return int(self._frames)

    def page(self, number: int, *, layout: bool) -> SourcePage:
        """See ``PagedReader``: a frame has a size and no embedded text."""
        height, width = self._pixels(number).shape[:2]
        enlarged = max(1.0, min(_MOST_ENLARGED, _LONG_SIDE / max(width, height)))
        scale = min(enlarged, math.sqrt(_MOST_PIXELS / (width * height)))
        damage = _ONE_FRAME if self._moves else ""
        return SourcePage(number, width, height, ocr_scale=scale, damage=damage, enlarged=max(1.0, scale))

    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        """See ``PagedReader``."""
        pixels = self._pixels(number)
        return images.scaled(images.cropped(pixels, clip) if clip else pixels, scale)

    def fill(self, blanks: Sequence[Blank], fillings: Sequence[Filling], *, interactive: bool) -> FilledForm:
        """See ``PagedReader``: a PDF with a page for each frame, the picture under what is written."""
        from pipelines.readers.pdf.filling.pictures import filled  # MuPDF is loaded only where it is needed

        resolution = self._file.info.get("dpi", (0.0, 0.0))[0]
        frames = (self._pixels(number) for number in range(1, self._frames + 1))
        return filled(frames, float(resolution), blanks, fillings)

    def close(self) -> None:
        """See ``PagedReader``."""
        self._frame = None
        self._file.close()

    def _pixels(self, number: int) -> Image:
        """The frame as displayed; the last one asked for is kept."""
        if not 1 <= number <= self._frames:
            raise PageUnreadable(f"There is no page {number}: the image has {self._frames}.")
        with self._lock:
            if self._frame is None or self._frame[0] != number:
                self._frame = None
                self._frame = (number, self._decoded(number))
            return self._frame[1]

    def _decoded(self, number: int) -> Image:
        try:
            if number > 1 or self._file.format in _OF_PAGES:
                self._file.seek(number - 1)
            width, height = self._file.size
            if max(width, height) > _LONGEST:
                raise PageTooLarge(
                    f"Page {number} has {width} x {height} pixels, {_LONGEST} a side are allowed: part it."
                )
            if width * height > self._max_page_pixels:
                raise PageTooLarge(
                    f"Page {number} has {width} x {height} pixels, {self._max_page_pixels} are allowed: "
                    "make the image smaller, or raise OCTAVO_MAX_PAGE_PIXELS."
                )
            return _displayed(self._file)
        except DocumentError:
            raise
        except Exception as error:  # Pillow's plug-ins raise many kinds on damaged frames
            raise PageUnreadable(f"Page {number} of the image is damaged or cut off.") from error


def _formats(path: Path) -> tuple[str, ...]:
    """Pillow's names of what the file may be; HEIC and HEIF need a library of their own."""
    with path.open("rb") as file:
        if file.read(8)[4:] != b"ftyp":
            return _FORMATS
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    return ("AVIF", "HEIF")


def _frames(picture: Pictures.Image) -> int:
    """How many frames there are.

    Raises:
        TooLarge: more than may be; Pillow's own count of a TIFF is quadratic in them.
    """
    if picture.format not in _OF_PAGES:
        return int(getattr(picture, "n_frames", 1))
    count = 0
    with suppress(EOFError):
        while count <= _MOST_FRAMES:
            picture.seek(count)
            count += 1
    if count > _MOST_FRAMES:
        raise TooLarge(f"The picture has more than {_MOST_FRAMES} pages: part it in several files.")
    picture.seek(0)
    return count


def _displayed(frame: Pictures.Image) -> Image:
    """The frame as 8-bit sRGB, upright by its EXIF tag, on white where it is transparent."""
    frame.load()  # what it is made of may be told at its end
    upright = frame.getexif().get(_ORIENTATION, 1) == 1
    picture: Pictures.Image = frame if upright else ImageOps.exif_transpose(frame)
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "CMYK"}:
        picture = _in_srgb(picture, profile)
    if picture.mode in {"I", "F"} or picture.mode.startswith("I;16"):
        picture = _eight_bits(picture)
    if picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in picture.info:
        clear = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        picture = Pictures.new("RGB", clear.size, "white")
        picture.paste(clear, mask=clear.getchannel("A"))
    return np.array(picture if picture.mode == "RGB" else picture.convert("RGB"), dtype=np.uint8)


def _in_srgb(picture: Pictures.Image, profile: bytes) -> Pictures.Image:
    """The colours that a wide-gamut or CMYK picture means; as they stand, if its profile cannot be used."""
    try:
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "sRGB" in (given.profile.profile_description or ""):
            return picture
        return (
            ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
            or picture
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture


def _eight_bits(picture: Pictures.Image) -> Pictures.Image:
    """Deep grey levels brought to 8 bits: by the type's range, or by the values where there is none."""
    levels = np.asarray(picture, dtype=np.float64)
    low, high = (
        (0.0, 65535.0) if levels.min() >= 0 and levels.max() <= 65535 else (levels.min(), levels.max())
    )
    if picture.mode == "F" and levels.min() >= 0 and levels.max() <= 1:
        high = 1.0
    spread = (levels - low) / max(high - low, 1e-9) * 255.0
    return Pictures.fromarray(spread.round().astype(np.uint8))


def _why(error: Exception) -> DocumentError:
    if isinstance(error, UnidentifiedImageError):
        return DocumentUnreadable(
            "The file is not a picture of a kind that is read here, or too damaged to be opened."
        )
    if isinstance(error, Pictures.DecompressionBombError):
        return TooLarge("The image has more pixels than can be read: make it smaller.")
    return DocumentUnreadable("The image is too damaged to be opened.")

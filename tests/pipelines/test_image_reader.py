from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image as Pictures
from PIL import ImageCms

from pipelines.readers import image
from pipelines.readers.base import ReaderSetup
from pipelines.readers.image import ImageReader
from schemas.errors import DocumentUnreadable, PageTooLarge, PageUnreadable, TooLarge
from schemas.geometry import BBox


def marked(mode: str = "RGB", size: tuple[int, int] = (80, 50)) -> Pictures.Image:
    """White, with a black mark at the top left."""
    picture = Pictures.new("RGB", size, "white")
    picture.paste((0, 0, 0), (0, 0, 20, 10))
    return picture.convert(mode)


def is_marked(pixels: np.ndarray) -> bool:
    return bool(pixels[:9, :19].max() < 40 and pixels[12:, 22:].min() > 215)


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        ("RGB", "a.png"),
        ("L", "a.png"),
        ("1", "a.png"),
        ("P", "a.png"),
        ("LA", "a.png"),
        ("RGBA", "a.png"),
        ("RGB", "a.jpg"),
        ("L", "a.jpg"),
        ("CMYK", "a.jpg"),
        ("1", "a.tiff"),
        ("CMYK", "a.tiff"),
        ("RGBA", "a.webp"),
        ("RGB", "a.bmp"),
        ("P", "a.gif"),
        ("RGBA", "a.jp2"),
        ("L", "a.jp2"),
        ("RGB", "a.avif"),
        ("RGB", "a.heic"),
        ("RGBA", "a.heic"),
    ],
)
def test_every_mode_comes_as_rgb(tmp_path: Path, mode: str, name: str) -> None:
    pillow_heif.register_heif_opener()
    marked(mode).save(tmp_path / name)
    (tmp_path / name).rename(tmp_path / "upload")
    reader = ImageReader(tmp_path / "upload")
    page = reader.page(1, layout=True)
    assert (page.width, page.height, page.regions, page.needs_ocr) == (80, 50, None, True)
    pixels = reader.render(1, 1.0)
    assert pixels.shape == (50, 80, 3)
    assert pixels.dtype == np.uint8
    assert is_marked(pixels)


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_deep_grey_is_brought_to_eight_bits(tmp_path: Path, mode: str) -> None:
    grey = np.asarray(marked("L"), dtype=np.float64) / 255
    levels = {"I;16": np.uint16(grey * 65535), "I": np.int32(grey * 65535), "F": np.float32(grey)}[mode]
    Pictures.fromarray(levels).save(tmp_path / "a.tiff")
    assert is_marked(ImageReader(tmp_path / "a.tiff").render(1, 1.0))


def test_transparency_is_white(tmp_path: Path) -> None:
    picture = Pictures.new("RGBA", (30, 30), (0, 0, 0, 0))
    picture.save(tmp_path / "a.png")
    assert ImageReader(tmp_path / "a.png").render(1, 1.0).min() == 255


def test_exif_orientation_is_applied(tmp_path: Path) -> None:
    exif = Pictures.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    marked().save(tmp_path / "a.jpg", exif=exif)
    reader = ImageReader(tmp_path / "a.jpg")
    page = reader.page(1, layout=False)
    assert (page.width, page.height) == (50, 80)
    assert reader.render(1, 1.0)[:18, 42:].max() < 40


def test_each_frame_of_a_tiff_is_a_page(tmp_path: Path) -> None:
    frames = [marked("L", (80 + 10 * i, 50)) for i in range(3)]
    frames[0].save(tmp_path / "a.tiff", save_all=True, append_images=frames[1:])
    reader = ImageReader(tmp_path / "a.tiff")
    assert reader.page_count() == 3
    assert [reader.page(n, layout=False).width for n in (3, 1, 2)] == [100, 80, 90]
    with pytest.raises(PageUnreadable, match="no page 4"):
        reader.page(4, layout=False)


def test_render_scales_and_clips(tmp_path: Path) -> None:
    marked().save(tmp_path / "a.png")
    reader = ImageReader(tmp_path / "a.png")
    assert reader.render(1, 0.5).shape == (25, 40, 3)
    assert reader.render(1, 2.0, BBox(0, 0, 20, 10)).max() < 40


def test_large_pictures_are_shrunk_for_ocr_and_small_ones_enlarged(tmp_path: Path) -> None:
    for width, height, scale in ((4000, 2800, 0.5), (1500, 750, 1.0), (400, 200, 2.0), (400, 6000, 1.0)):
        Pictures.new("L", (width, height), "white").save(tmp_path / "page.png")
        assert ImageReader(tmp_path / "page.png").page(1, layout=False).ocr_scale == scale


def test_too_many_pixels_are_refused_before_decoding(tmp_path: Path) -> None:
    marked().save(tmp_path / "a.png")
    with pytest.raises(PageUnreadable, match="OCTAVO_MAX_PAGE_PIXELS"):
        ImageReader(tmp_path / "a.png", ReaderSetup(max_page_pixels=3999)).page(1, layout=False)


def test_a_frame_that_is_cut_off_is_a_bad_page(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (60, 60), dtype=np.uint8)
    Pictures.fromarray(noise).save(tmp_path / "a.png")
    content = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(content[: len(content) // 2])
    with pytest.raises(PageUnreadable, match="cut off"):
        ImageReader(tmp_path / "a.png").page(1, layout=False)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"GIF89a\x01\x00\x01\x00\x00\x00\x00"])
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(DocumentUnreadable):
        ImageReader(tmp_path / "a.png")


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png", "a.avif"])
def test_of_what_moves_the_first_frame_is_read_and_told(tmp_path: Path, name: str) -> None:
    marked().save(tmp_path / name, save_all=True, append_images=[Pictures.new("RGB", (80, 50), "blue")])
    reader = ImageReader(tmp_path / name)
    assert reader.page_count() == 1
    assert "first frame" in reader.page(1, layout=False).damage
    assert is_marked(reader.render(1, 1.0))


def test_the_main_picture_of_several_is_read(tmp_path: Path) -> None:
    file = pillow_heif.from_pillow(Pictures.new("RGB", (80, 50), "blue"))
    file.add_from_pillow(marked())
    file.save(tmp_path / "a.heic", primary_index=1)
    reader = ImageReader(tmp_path / "a.heic")
    assert (reader.page_count(), reader.page(1, layout=False).damage) == (1, "")
    assert is_marked(reader.render(1, 1.0))


@pytest.mark.parametrize("name", ["a.webp", "a.jpg", "a.png"])
def test_upright_by_exif(tmp_path: Path, name: str) -> None:
    turned = marked().transpose(Pictures.Transpose.ROTATE_90)
    exif = Pictures.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    turned.save(tmp_path / name, exif=exif)
    assert is_marked(ImageReader(tmp_path / name).render(1, 1.0))


def with_red_and_blue_swapped() -> bytes:
    """An RGB profile whose red is blue: the two primaries' entries in the table of tags change places."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert profile.count(b"rXYZ") == profile.count(b"bXYZ") == 1
    swapped = profile.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
    return swapped.replace("sRGB".encode("utf-16-be"), "xRGB".encode("utf-16-be"))


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tiff", "a.webp"])
def test_colours_are_those_that_the_profile_means(tmp_path: Path, name: str) -> None:
    picture = Pictures.new("RGB", (40, 30), (250, 5, 5))
    picture.save(tmp_path / name, icc_profile=with_red_and_blue_swapped())
    red, _, blue = ImageReader(tmp_path / name).render(1, 1.0)[15, 20]
    assert red < 60
    assert blue > 200


def test_a_profile_that_cannot_be_used_changes_nothing(tmp_path: Path) -> None:
    for profile in (b"junk", with_red_and_blue_swapped()[:200]):
        Pictures.new("RGB", (40, 30), (250, 5, 5)).save(tmp_path / "a.png", icc_profile=profile)
        assert ImageReader(tmp_path / "a.png").render(1, 1.0)[15, 20].tolist() == [250, 5, 5]


def test_a_picture_as_thin_as_a_thread_is_refused(tmp_path: Path) -> None:
    Pictures.new("1", (1, 200_001)).save(tmp_path / "a.png")
    with pytest.raises(PageTooLarge, match="200000 a side"):
        ImageReader(tmp_path / "a.png").page(1, layout=False)


def test_more_frames_than_may_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = Pictures.new("L", (4, 4))
    frame.save(tmp_path / "a.tiff", save_all=True, append_images=[frame] * 5)
    assert ImageReader(tmp_path / "a.tiff").page_count() == 6
    monkeypatch.setattr(image, "_MOST_FRAMES", 5)
    with pytest.raises(TooLarge, match="more than 5 pages"):
        ImageReader(tmp_path / "a.tiff")

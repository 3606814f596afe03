"""Labels of which no word is known go to blanks that mean the same, where that is sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.base import Vectors
from pipelines.editing.matching import match
from schemas.forms import Blank
from tests.fakes.engines import FakeEngines
from tests.pipelines.editing.forms import text


@dataclass
class AlikeEngines(FakeEngines):
    """Texts are as alike as the directions (degrees) that they are given; all others are 90 degrees apart."""

    degrees: Mapping[str, float] = field(default_factory=dict)

    def embed(self, texts: list[str]) -> Vectors:
        angles = np.radians([self.degrees.get(one, 180.0) for one in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def placed(prompt: str, blanks: Sequence[Blank], **degrees: float) -> dict[str, str | bool]:
    named = {name.replace("_", " "): angle for name, angle in degrees.items()}
    return {
        one.blank: one.value for one in match(prompt, blanks, AlikeEngines(degrees=named), _go_on).fillings
    }


def _go_on() -> None:
    """Nobody asks to stop."""


HOBBIES = (text("Pastimes"), text("Pets"))


def test_what_means_the_same_is_filled_in() -> None:
    assert placed("hobbies: chess", HOBBIES, hobbies=0, Pastimes=20, Pets=80) == {"Pastimes": "chess"}


def test_what_means_nearly_the_same_or_two_things_is_not() -> None:
    assert placed("hobbies: chess", HOBBIES, hobbies=0, Pastimes=60, Pets=80) == {}
    assert placed("hobbies: chess", HOBBIES, hobbies=0, Pastimes=20, Pets=22) == {}


def test_what_tells_things_apart_is_not_the_same_however_alike() -> None:
    spouse = (text("Pastimes of spouse"), text("Pets"))
    assert placed("hobbies: chess", spouse, hobbies=0, Pastimes_of_spouse=1, Pets=80) == {}
    assert placed("monthly dues: 5", (text("Annual fare"),), monthly_dues=0, Annual_fare=1) == {}


def test_a_value_that_does_not_fit_is_not_forced() -> None:
    assert placed("hobbies: chess", (text("Pastimes", longest=2),), hobbies=0, Pastimes=1) == {}

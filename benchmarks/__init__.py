"""The measuring ground: scores, truth readers, speed and peers. Nothing imports it; it is not shipped."""

from schemas import quiet as quiet

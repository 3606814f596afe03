"""Trains the detector on a corpus; a run that was stopped goes on from its last state."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor

from models.signatures.training.augment import Boxes, augmented
from models.signatures.training.corpus import boxes_of
from models.signatures.training.network import STRIDE, Detector
from models.signatures.training.scan import Gray
from models.signatures.training.sheet import Box

Floats = NDArray[np.float32]

_BATCH, _RATE, _DECAY, _AVERAGED = 8, 2e-3, 0.02, 0.998
_WARM_STEPS, _LOWEST = 200, 0.02
_TELL_STEPS, _KEEP_STEPS = 50, 250
_BUMP = 7.0
"""The bell at a signature's middle has its box's sides, divided by this, as deviations."""
_NEAR = 0.3
"""Where the bell is higher than this, the sides of the box are learnt."""


@dataclass
class Corpus:
    """The pages of all files of a folder."""

    folder: Path
    pages: list[tuple[Gray, list[Box]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for path in sorted(self.folder.glob("pages-*.npy")):
            boxes = json.loads(boxes_of(path).read_text(encoding="ascii"))
            self.pages += zip(np.load(path, mmap_mode="r"), boxes, strict=True)

    def batch(self, rng: Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Pages ``(n, 1, h, w)`` and their targets, see ``target``."""
        rows = []
        for _ in range(_BATCH):
            gray, boxes = self.pages[rng.integers(len(self.pages))]
            x, placed = augmented(gray, boxes, rng)
            rows.append((x[None], *target(placed, x.shape[0] // STRIDE, x.shape[1] // STRIDE)))
        page, heat, sides, weight = (torch.from_numpy(np.stack(column)) for column in zip(*rows, strict=True))
        return page, heat, sides, weight


def target(boxes: Boxes, height: int, width: int) -> tuple[Floats, Floats, Floats]:
    """Heat ``(h, w)`` with a bell at each box, sides ``(4, h, w)``, and how much these count ``(h, w)``."""
    heat, weight = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    sides = np.zeros((4, height, width), np.float32)
    ys, xs = np.mgrid[:height, :width]
    px, py = (xs + 0.5) * STRIDE, (ys + 0.5) * STRIDE
    for x1, y1, x2, y2 in sorted(boxes.tolist(), key=lambda b: -(b[2] - b[0]) * (b[3] - b[1])):
        cx, cy = (x1 + x2) / 2, (y1 + y2) / 2
        sx, sy = max(4.0, (x2 - x1) / _BUMP), max(4.0, (y2 - y1) / _BUMP)
        bump = np.exp(-((px - cx) ** 2 / (2 * sx**2) + (py - cy) ** 2 / (2 * sy**2)))
        bump[min(height - 1, int(cy / STRIDE)), min(width - 1, int(cx / STRIDE))] = 1.0
        heat = np.maximum(heat, bump).astype(np.float32)
        near = bump > _NEAR
        for side, distance in zip(sides, (px - x1, py - y1, x2 - px, y2 - py), strict=True):
            side[near] = distance[near]
        weight[near] = bump[near]
    return heat, np.maximum(sides, 1.0), weight


def losses(score: Tensor, sides: Tensor, heat: Tensor, true: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Focal loss of the heat (CenterNet's) and generalised IoU (Rezatofighi et al. 2019) of the boxes."""
    score = score[:, 0].clamp(1e-4, 1 - 1e-4)
    middle = (heat >= 0.999).float()
    hit = middle * (1 - score) ** 2 * torch.log(score)
    miss = (1 - middle) * (1 - heat) ** 4 * score**2 * torch.log(1 - score)
    focal = -(hit + miss).sum() / middle.sum().clamp(min=1)
    left, top, right, bottom = sides.unbind(1)
    tl, tt, tr, tb = true.unbind(1)
    inter = (torch.minimum(left, tl) + torch.minimum(right, tr)) * (
        torch.minimum(top, tt) + torch.minimum(bottom, tb)
    )
    union = (left + right) * (top + bottom) + (tl + tr) * (tt + tb) - inter
    hull = (torch.maximum(left, tl) + torch.maximum(right, tr)) * (
        torch.maximum(top, tt) + torch.maximum(bottom, tb)
    )
    overlap = inter / union - (hull - union) / hull
    return focal, ((1 - overlap) * weight).sum() / weight.sum().clamp(min=1)


@dataclass
class Run:
    """A training run; its state lies in ``folder``; ``spent`` are its seconds up to ``step``."""

    folder: Path
    seed: int = 0
    step: int = 0
    spent: float = 0.0

    def __post_init__(self) -> None:
        torch.manual_seed(self.seed)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.model = Detector()
        self.optimiser = torch.optim.AdamW(self.model.parameters(), _RATE, weight_decay=_DECAY)
        self.average = torch.optim.swa_utils.AveragedModel(
            self.model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(_AVERAGED), use_buffers=True
        )
        if self._state.exists():
            kept = torch.load(self._state, weights_only=True)
            for name in ("model", "optimiser", "average"):
                getattr(self, name).load_state_dict(kept[name])
            self.step, self.spent = kept["step"], kept["spent"]
        self.rng = np.random.default_rng([self.seed, self.step])

    @property
    def _state(self) -> Path:
        return self.folder / "state.pt"

    def train(self, corpus: Corpus, hours: float, most_steps: int | None = None) -> Path:
        """Goes on until ``hours`` are spent in all, or for so many steps; gives the averaged weights' file.

        The rate falls as half a cosine over the hours: how far it has fallen at a step is the machine's.
        """
        started, before, last, told = time.monotonic(), self.spent, self.step + (most_steps or 0), []
        while self.spent < hours * 3600 and (most_steps is None or self.step < last):
            told.append(self._step(corpus, self.spent / (hours * 3600)))
            self.spent = before + time.monotonic() - started
            if self.step % _TELL_STEPS == 0:
                means = " ".join(f"{value:.3f}" for value in np.mean(told[-_TELL_STEPS:], axis=0))
                print(f"step {self.step}, {self.spent:.0f} s: {means}", flush=True)  # noqa: T201
            if self.step % _KEEP_STEPS == 0:
                self._keep()
        self._keep()
        weights = self.folder / "weights.pt"
        torch.save(self.average.module.state_dict(), weights)
        return weights

    def _step(self, corpus: Corpus, done: float) -> tuple[float, float]:
        """One step of the optimiser, ``done`` of the time being spent; its losses."""
        rate = _RATE * min(1.0, (self.step + 1) / _WARM_STEPS)
        rate *= 0.5 * (1 + math.cos(math.pi * done)) * (1 - _LOWEST) + _LOWEST
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        page, heat, sides, weight = corpus.batch(self.rng)
        score, found = self.model(page.to(memory_format=torch.channels_last))
        focal, box = losses(score, found, heat, sides, weight)
        self.optimiser.zero_grad()
        (focal + 2 * box).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.optimiser.step()
        self.average.update_parameters(self.model)
        self.step += 1
        return focal.item(), box.item()

    def _keep(self) -> None:
        state = {name: getattr(self, name).state_dict() for name in ("model", "optimiser", "average")}
        torch.save({**state, "step": self.step, "spent": self.spent}, self._state)

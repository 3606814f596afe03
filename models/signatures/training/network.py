# mypy: allow-subclassing-any
"""A small detector of one class: a pyramid of convolutions that says, for every eighth pixel, what it is of.

After CenterNet (Zhou et al., Objects as Points, 2019, arXiv 1904.07850), with context from a coarse level: a
signature is told from a note by where it stands on the page.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

STRIDE = 8
"""Pixels of the page to a cell of the answer."""


def conv(i: int, o: int, kernel: int = 3, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """A convolution from ``i`` to ``o`` channels, normalised, with SiLU."""
    return nn.Sequential(
        nn.Conv2d(i, o, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(o),
        nn.SiLU(inplace=True),
    )


class Residual(nn.Module):
    """Adds what a narrower pair of convolutions makes of it."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(channels, channels // 2, 1), conv(channels // 2, channels))

    def forward(self, x: Tensor) -> Tensor:
        """``(n, channels, h, w)`` to the same."""
        return x + self.body(x)


class Context(nn.Module):
    """Sees far: depthwise 9 x 9 at the coarsest level."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(channels, channels, 9, groups=channels), conv(channels, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """``(n, channels, h, w)`` to the same."""
        return x + self.body(x)


class Detector(nn.Module):
    """Sees pages; 752,797 parameters at the default width."""

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        a, b, c, d = width, 2 * width, 4 * width, 6 * width
        self.to4 = nn.Sequential(conv(1, 16, 3, 2), conv(16, a, 3, 2), Residual(a))
        self.to8 = nn.Sequential(conv(a, b, 3, 2), Residual(b), Residual(b))
        self.to16 = nn.Sequential(conv(b, c, 3, 2), Residual(c), Residual(c), Residual(c))
        self.to32 = nn.Sequential(conv(c, d, 3, 2), Residual(d), Context(d), Residual(d), Context(d))
        self.from32, self.from16, self.from8 = conv(d, c, 1), conv(c, b, 1), conv(b, b, 1)
        self.merge16, self.merge8 = Residual(c), nn.Sequential(Residual(b), Residual(b))
        self.score = nn.Sequential(conv(b, b), nn.Conv2d(b, 1, 1))
        self.sides = nn.Sequential(conv(b, b), nn.Conv2d(b, 4, 1))
        nn.init.constant_(self.score[-1].bias, -4.0)
        nn.init.constant_(self.sides[-1].bias, 3.0)
        self.up = nn.Upsample(scale_factor=2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Grey pages ``(n, 1, h, w)``, 0 to 1, sides multiples of 32, to scores and sides of boxes.

        Scores are ``(n, 1, h / 8, w / 8)``, 0 to 1, highest at the middle of a signature; sides are
        ``(n, 4, h / 8, w / 8)``: how far its left, top, right and bottom edges are from the cell's middle,
        in pixels.
        """
        x8 = self.to8(self.to4(x))
        x16 = self.to16(x8)
        x32 = self.to32(x16)
        y16 = self.merge16(x16 + self.up(self.from32(x32)))
        y8 = self.merge8(self.from8(x8) + self.up(self.from16(y16)))
        return torch.sigmoid(self.score(y8)), torch.exp(self.sides(y8).clamp(max=6.5))

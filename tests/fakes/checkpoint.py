"""A vision model small enough to be made in a test: it learns to tell dark pictures from light ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pictures

from benchmarks.gpu.checkpoint import Sight, model_of, processor_of

ANSWERS = {0: "dark", 255: "light"}
"""What the checkpoint says of pictures with this grey all over."""

_SIGHT = Sight(tile=16, patch=8, shuffle=2, longest=16)
_STEPS = 60


def make_checkpoint(folder: Path, prompt: str) -> None:
    """Saves into ``folder`` what ``from_pretrained`` loads, taught to answer ``prompt``."""
    processor = processor_of(_SIGHT)
    model = model_of(_SIGHT, processor, hidden=32, layers=1, heads=2)
    _teach(model, processor, prompt)
    processor.save_pretrained(folder)
    model.save_pretrained(folder)


def _teach(model: Any, processor: Any, prompt: str) -> None:
    import torch

    examples = [_example(processor, prompt, grey, answer) for grey, answer in ANSWERS.items()]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(_STEPS):
        loss = sum(model(**example).loss for example in examples)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _example(processor: Any, prompt: str, grey: int, answer: str) -> dict[str, Any]:
    picture = Pictures.fromarray(np.full((16, 16, 3), grey, np.uint8))
    content = [{"type": "image", "image": picture}, {"type": "text", "text": prompt}]
    asked = processor.apply_chat_template(
        [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=False
    )
    whole = processor(text=f"{asked}{answer}<eos>", images=[picture], return_tensors="pt")
    labels = whole["input_ids"].clone()
    labels[:, : -len(answer) - 1] = -100
    return {**whole, "labels": labels}

"""A vision model small enough to be made in a test: it learns to tell dark pictures from light ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pictures
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    Idefics3Config,
    Idefics3ForConditionalGeneration,
    Idefics3ImageProcessorPil,
    Idefics3Processor,
    PreTrainedTokenizerFast,
)

ANSWERS = {0: "dark", 255: "light"}
"""What the checkpoint says of pictures with this grey all over."""

_SPECIAL = [
    "<pad>",
    "<bos>",
    "<eos>",
    "<image>",
    "<fake_token_around_image>",
    "<global-img>",
    "<end_of_utterance>",
]
_TEMPLATE = (
    "{% for message in messages %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endfor %}{% if add_generation_prompt %}:{% endif %}"
)
_STEPS = 60


def make_checkpoint(folder: Path, prompt: str) -> None:
    """Saves into ``folder`` what ``from_pretrained`` loads, taught to answer ``prompt``."""
    processor = _processor()
    model = _model(processor.tokenizer)
    _teach(model, processor, prompt)
    processor.save_pretrained(folder)
    model.save_pretrained(folder)


def _processor() -> Any:
    """Each byte is a token: nothing is left to learn of a language."""
    vocabulary = {
        token: i for i, token in enumerate([*_SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet())])
    }
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    size = {"longest_edge": 16}
    return Idefics3Processor(
        Idefics3ImageProcessorPil(size=size, max_image_size=size, do_image_splitting=False),
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer,
            pad_token="<pad>",
            bos_token="<bos>",
            eos_token="<eos>",
            additional_special_tokens=_SPECIAL[3:],
        ),
        image_seq_len=1,
        chat_template=_TEMPLATE,
    )


def _model(tokenizer: Any) -> Any:
    import torch

    torch.manual_seed(0)
    layers = {
        "hidden_size": 32,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    text = {
        "model_type": "llama",
        "vocab_size": len(tokenizer),
        "num_key_value_heads": 2,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
    }
    return Idefics3ForConditionalGeneration(
        Idefics3Config(
            image_token_id=_SPECIAL.index("<image>"),
            scale_factor=2,
            pad_token_id=0,
            vision_config={**layers, "image_size": 16, "patch_size": 8},
            text_config={**layers, **text},
        )
    )


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

"""A checkpoint of a real architecture (Idefics3, as SmolVLM has it) with weights by chance: it says nothing.

What it costs to prepare its input and to read its answer is real; its answers, and its speed at this size,
are not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
_TILE, _PATCH, _SHUFFLE, _LONGEST = 256, 16, 4, 1024
"""Pixels: pictures are cut into tiles of the first, of patches of the second, up to the last in all. The
third is how many patches along each side become one token."""


def make(folder: Path, hidden: int, layers: int, seed: int = 0) -> int:
    """Saves into ``folder`` what ``from_pretrained`` loads; returns how many weights it has.

    ``hidden`` is the width of both of its parts, a multiple of 64; ``layers`` is the depth of each.
    """
    import torch
    from transformers import Idefics3Config, Idefics3ForConditionalGeneration
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    processor = _processor()
    heads = hidden // 64
    shared = {
        "hidden_size": hidden,
        "intermediate_size": 4 * hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
    }
    text = {
        "model_type": "llama",
        "vocab_size": len(processor.tokenizer),
        "num_key_value_heads": heads,
        "max_position_embeddings": 16384,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
    }
    torch.manual_seed(seed)
    model = Idefics3ForConditionalGeneration(
        Idefics3Config(
            image_token_id=_SPECIAL.index("<image>"),
            scale_factor=_SHUFFLE,
            pad_token_id=0,
            vision_config={**shared, "image_size": _TILE, "patch_size": _PATCH},
            text_config={**shared, **text},
        )
    )
    processor.save_pretrained(folder)
    model.save_pretrained(folder)
    return sum(weights.numel() for weights in model.parameters())


def _processor() -> Any:
    """Each byte is a token: it says as much of a tokenizer's speed as any other, and needs no vocabulary."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import Idefics3ImageProcessorPil, Idefics3Processor, PreTrainedTokenizerFast

    tokens = [*_SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    pictures = Idefics3ImageProcessorPil(
        size={"longest_edge": _LONGEST}, max_image_size={"longest_edge": _TILE}, do_image_splitting=True
    )
    return Idefics3Processor(
        pictures,
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer,
            pad_token="<pad>",
            bos_token="<bos>",
            eos_token="<eos>",
            additional_special_tokens=_SPECIAL[3:],
        ),
        image_seq_len=(_TILE // _PATCH // _SHUFFLE) ** 2,
        chat_template=_TEMPLATE,
    )

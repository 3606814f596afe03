"""A checkpoint of a real architecture (Idefics3, as SmolVLM has it) with weights by chance: it says nothing.

What it costs to prepare its input and to read its answer is real; its answers, and its speed at this size,
are not.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Sight:
    """How pictures become tokens, in pixels but for the third.

    They are cut into tiles of ``tile`` if ``longest``, their size in all, is more; tiles into patches of
    ``patch``; ``shuffle`` is how many patches along each side become one token.
    """

    tile: int = 256
    patch: int = 16
    shuffle: int = 4
    longest: int = 1024


def make(folder: Path, hidden: int, layers: int, seed: int = 0) -> int:
    """Saves into ``folder`` what ``from_pretrained`` loads; returns how many weights it has.

    ``hidden`` is the width of both of its parts, a multiple of 64; ``layers`` is the depth of each.
    """
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    sight = Sight()
    processor = processor_of(sight)
    model = model_of(sight, processor, hidden, layers, heads=hidden // 64, seed=seed)
    processor.save_pretrained(folder)
    model.save_pretrained(folder)
    return sum(weights.numel() for weights in model.parameters())


def model_of(sight: Sight, processor: Any, hidden: int, layers: int, *, heads: int, seed: int = 0) -> Any:
    """The model for what ``processor`` prepares, its weights by chance."""
    import torch
    from transformers import Idefics3Config, Idefics3ForConditionalGeneration

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
    return Idefics3ForConditionalGeneration(
        Idefics3Config(
            image_token_id=_SPECIAL.index("<image>"),
            scale_factor=sight.shuffle,
            pad_token_id=0,
            vision_config={**shared, "image_size": sight.tile, "patch_size": sight.patch},
            text_config={**shared, **text},
        )
    )


def processor_of(sight: Sight) -> Any:
    """What prepares pictures and text. Each byte is a token: nothing is to be learnt of a language for it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import Idefics3ImageProcessorPil, Idefics3Processor, PreTrainedTokenizerFast

    tokens = [*_SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    pictures = Idefics3ImageProcessorPil(
        size={"longest_edge": sight.longest},
        max_image_size={"longest_edge": sight.tile},
        do_image_splitting=sight.longest > sight.tile,
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
        image_seq_len=(sight.tile // sight.patch // sight.shuffle) ** 2,
        chat_template=_TEMPLATE,
    )

"""A vision model in this process: any image-text-to-text checkpoint of Hugging Face Transformers."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

from PIL import Image as Pictures

from models import images
from models.base import Image
from schemas.errors import VisionFailed
from schemas.vision import Transcript

log = logging.getLogger(__name__)


class TransformersModel:
    """A checkpoint from a folder or, by its id, from the hub; weights as safetensors, and no code of its own.

    Needs the ``vlm`` extra. One picture at a time; greedy, so that the same picture gives the same text.
    """

    def __init__(
        self,
        checkpoint: str,
        device: str = "auto",
        *,
        max_tokens: int = 8192,
        longest_side: int = 1800,
        timeout: float = 120.0,
    ) -> None:
        """``device``: ``auto``, ``cpu`` or ``cuda``; ``timeout``: seconds after which an answer is cut."""
        self._checkpoint, self._device = checkpoint, device
        self._max_tokens, self._longest_side, self._timeout = max_tokens, longest_side, timeout
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def load(self) -> None:
        """Loads the checkpoint, once.

        Raises:
            VisionFailed: it cannot be loaded; the message says what to do.
        """
        if self._loaded is not None:
            return
        try:
            import torch
            from transformers import AutoModelForImageTextToText, AutoProcessor
            from transformers.utils.logging import disable_progress_bar
        except ImportError as error:
            raise VisionFailed("A local vision model needs torch: pip install 'octavo[vlm]'.") from error
        disable_progress_bar()
        on_gpu = self._device == "cuda" or (self._device == "auto" and torch.cuda.is_available())
        safely: dict[str, Any] = {
            "trust_remote_code": False,
            "local_files_only": Path(self._checkpoint).is_dir(),
        }
        try:
            processor = AutoProcessor.from_pretrained(self._checkpoint, **safely)
            model = AutoModelForImageTextToText.from_pretrained(
                self._checkpoint,
                use_safetensors=True,
                dtype="auto" if on_gpu else torch.float32,
                **safely,
            )
            self._loaded = processor, model.to("cuda" if on_gpu else "cpu").eval()
        except Exception as error:  # whatever a foreign checkpoint does, it is the operator's to mend
            log.warning("the vision model could not be loaded: %s", error)
            raise VisionFailed(
                f"The checkpoint of OCTAVO_VISION_LOCAL_MODEL could not be loaded ({type(error).__name__}): "
                "see docs/vision.md for the kinds that can."
            ) from error

    def transcribe(self, image: Image, prompt: str) -> Transcript:
        """See ``VisionModel``."""
        import torch

        with self._lock:
            self.load()
            assert self._loaded is not None  # noqa: S101 - load() did it
            processor, model = self._loaded
            picture = Pictures.fromarray(images.within(image, self._longest_side))
            content = [{"type": "image", "image": picture}, {"type": "text", "text": prompt}]
            asked = processor.apply_chat_template(
                [{"role": "user", "content": content}],
                add_generation_prompt=True,
                tokenize=True,
                return_dict=True,
                return_tensors="pt",
            ).to(model.device, dtype=model.dtype)
            with torch.inference_mode():
                out = model.generate(
                    **asked, max_new_tokens=self._max_tokens, do_sample=False, max_time=self._timeout
                )
        length = asked["input_ids"].shape[1]
        answer = out[0, length:]
        return Transcript(
            processor.decode(answer, skip_special_tokens=True),
            length,
            len(answer),
            finished=bool(len(answer)) and int(answer[-1]) in _ends(model),
        )


def _ends(model: Any) -> set[int]:
    """The tokens that end an answer."""
    ends = model.generation_config.eos_token_id
    return set(ends) if isinstance(ends, list) else {ends}

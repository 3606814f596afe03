"""What a description of a class may ask of a page's looks: a signature, a table, a photograph."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from pipelines.extraction.embedded.lexicon import folded
from pipelines.extraction.evidence import Block
from schemas.fragments import FragmentType
from schemas.options import PageClassification


class Sight(StrEnum):
    """Something that is seen on a page rather than read."""

    SIGNATURE = "signature"
    BARCODE = "barcode"
    TABLE = "table"
    FORM = "form"
    PICTURE = "picture"
    FORMULA = "formula"
    LIST = "list"
    CONTENTS = "table of contents"
    NOTHING = "empty page"


# Beginnings of words, folded, in several languages; what is written without spaces
# is found inside words, too.
_WORDS = {
    Sight.SIGNATURE: "signature signed unterschrift unterzeichn signe firmad assinatura handteken podpis "
    "签名 署名",
    Sight.BARCODE: "barcode bar_code qr strichcode code-barres code_barres codigo_de_barras codice_a_barre "
    "条形码",
    Sight.CONTENTS: "table_of_contents inhaltsverzeichnis table_des_matieres sommaire 目录 目次",
    Sight.TABLE: "table tabular tabelle tableau tabla tabella tabela 表格",
    Sight.FORM: "fillable form_field checkbox check_box formularfeld",
    Sight.PICTURE: "photo picture image figure illustration chart graph diagram drawing logo bild abbildung "
    "grafi imagen figura immagine 图",
    Sight.FORMULA: "formula equation formel gleichung ecuacion equazion 公式",
    Sight.LIST: "bullet bulleted list_of aufzahlung",
    Sight.NOTHING: "blank empty nothing leer nichts vide vierge rien vacio vacia en_blanco nada vuot bianca "
    "niente 空白",
}
_PATTERNS = {
    sight: re.compile(rf"(?<!\w)(?:{words.replace(' ', '|').replace('_', ' ')})\w*", re.ASCII)
    for sight, words in _WORDS.items()
}
# What is said of every page, beside what it shows.
_SAYS_NOTHING = re.compile(
    r"(?<!\w)(?:pages?|seiten?|pagin\w*|documents?|dokument\w*|sheets?|contain\w*|enthalt|includ\w*|show\w*|"
    r"bears?|has|have|having|with|without|mit|avec|con|that|which|where|there|is|are|it|an?|any|one|or|and|at|least|"
    r"the|of|on|in|some|no|text|content|only|mostly|mainly|large|big|full|class|type|handwritten|hand|real|und|"
    r"oder|eine[rn]?|une?|de|la|le|ou|y|o|e|un|una)(?!\w)"
)
_FEW, _LONG = 3, 8
"""A page with more words than the first is not empty, but for one that says in less than the second that it
is left so."""

_KINDS = {
    FragmentType.SIGNATURE: Sight.SIGNATURE,
    FragmentType.BARCODE: Sight.BARCODE,
    FragmentType.TABLE: Sight.TABLE,
    FragmentType.FORM: Sight.FORM,
    FragmentType.KEY_VALUE_REGION: Sight.FORM,
    FragmentType.FIGURE: Sight.PICTURE,
    FragmentType.CHART: Sight.PICTURE,
    FragmentType.FORMULA: Sight.FORMULA,
    FragmentType.LIST_ITEM: Sight.LIST,
    FragmentType.DOCUMENT_INDEX: Sight.CONTENTS,
}


def spoken_of(text: str) -> frozenset[Sight]:
    """The sights that a text about a class names; a table of contents is no table."""
    rest, found = folded(text), set()
    for sight in (Sight.CONTENTS, *_PATTERNS):
        if _PATTERNS[sight].search(rest):
            found.add(sight)
            rest = _PATTERNS[sight].sub(" ", rest)
    return frozenset(found)


def is_all(name: str, description: str) -> bool:
    """Whether a class is said to be of sights alone: “a page with a signature”, whatever its name."""
    text = description if description.strip() else name
    rest = folded(text)
    for pattern in (*_PATTERNS.values(), _SAYS_NOTHING):
        rest = pattern.sub(" ", rest)
    return bool(spoken_of(text)) and not re.search(r"\w", rest)


def wanted(classes: Iterable[PageClassification]) -> frozenset[Sight]:
    """What is to be looked for on the pages of a document that has such classes."""
    return frozenset(sight for one in classes for sight in spoken_of(f"{one.name}. {one.description}"))


def seen(blocks: Sequence[Block], words: int) -> Counter[Sight]:
    """How often each sight is on a page with so many words."""
    kinds = (_KINDS.get(block.fragment.fragment_type) for block in blocks)
    found = Counter(kind for kind in kinds if kind is not None)
    if not found and (words <= _FEW or (words < _LONG and _says_so(blocks))):
        found[Sight.NOTHING] = 1
    return found


def _says_so(blocks: Sequence[Block]) -> bool:
    """Whether a page says that it was left blank."""
    return any(_PATTERNS[Sight.NOTHING].search(folded(block.text)) for block in blocks)

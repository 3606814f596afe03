"""Text in a document that talks to whoever reads it by machine: it is data, and it is told of.

Contracts and forms are full of orders to people. What is looked for is an order that makes sense to a
model only: to leave what it was told, to be something else, to answer with something.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from pipelines.extraction.evidence import Block, Evidence
from pipelines.extraction.values.words import fold

# More such places than this in a document are told of by the first ones.
_MOST = 5
# Between two words that make an order together: a few others.
_NEAR = r"(?:\W+\w+){0,4}?\W+"


def _either(words: str) -> str:
    return rf"(?:{'|'.join(words.split())})"


_LEAVE = _either(
    "ignor(?:e|a|ez|er|iere|ieren|iert|are|ad|en)? disregard forget override bypass vergiss missachte "
    "oublie[rz]? olvid[ae]n? negeer vergeet dimentica esqueca desconsidere"
)
_TOLD = _either(
    "instructions? prompts? guidelines? directives? commands? anweisung(?:en)? anleitung(?:en)? vorgaben "
    "instruccion(?:es)? indicaciones consignes? istruzioni instruc(?:ao|oes) instructies opdrachten"
)
_BEFORE = _either(
    "previous prior above preceding earlier all any your the these vorherigen? obigen? bisherigen? alle "
    "precedentes? anteriores todas todos toutes tous precedenti tutte vorige eerdere system"
)
_MODEL = (
    r"(?:(?:an?|the|as|ein|une?|una?|um)\W+)(?:ai|llm|language\W+model|large\W+language\W+model|chat\W?bot|"
    r"(?:ai|ki|virtual|helpful)\W+assist(?:ant|ent)|artificial\W+intelligence|extraction\W+(?:system|model|tool)|"
    r"sprachmodell|modele?\W+(?:de\W+langu?e|de\W+langage|de\W+lenguaje|linguistico))"
)
_YOU = r"(?:you\W+are|note\W+to|attention|du\W+bist|sie\W+sind|tu\W+es|vous\W+etes|eres)"
_ADDRESSED = rf"{_YOU}\W+{_MODEL}\b"
_FIELD = r"(?:fields?|values?|totals?|amounts?|json|schema|output|feld|wert|champ|valeur|campo|valor)"
_MACHINE = r"\b(?:ai|llms?|(?:language|ai)\W+models?|(?:ai|virtual)\W+assistants?)\b"
_OBEYS = r"(?:respond|reply|answer|output|return|extract|report|ignore|use|set)"
_ORDERS = [
    regex.compile(pattern)
    for pattern in (
        rf"\b{_LEAVE}{_NEAR}?(?:{_BEFORE}\W+){{1,3}}{_TOLD}\b",
        rf"\b{_LEAVE}{_NEAR}?{_TOLD}\W+{_BEFORE}\b",
        rf"\b{_ADDRESSED}",
        r"\b(?:system\W+prompt|prompt\W+injection|developer\W+mode)\b",
        r"<\|(?:im_start|system|endoftext)|\[/?inst\]|<</?sys>>",
        rf"{_MACHINE}[^.;:!?]{{0,40}}?\b(?:must|should|shall|has\W+to)\W+(?:\w+\W+){{0,2}}?{_OBEYS}\b",
        rf"\bset{_NEAR}{_FIELD}(?:\W+\w+){{0,3}}?\W+to\W+[\d\"'“$€]",
    )
]


def orders(evidence: Evidence) -> Iterator[Block]:
    """The fragments in which something speaks to a model, the first few of them."""
    found = 0
    for block in evidence.blocks:
        if found < _MOST and speaks_to_a_model(block.text):
            found += 1
            yield block


def speaks_to_a_model(text: str) -> bool:
    """Whether a text gives an order that makes sense to a model only."""
    plain = fold(text)
    return any(order.search(plain) for order in _ORDERS)

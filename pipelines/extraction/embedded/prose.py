"""What contracts say in sentences: who the parties are, whose law governs, from when and for how long."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.spans import spans

_NAME_WORD = r"(?:[A-Z0-9][\w.&'’/\-]*|[a-z]?[A-Z][\w.&'’\-]*)"
_LEGAL_FORM = (
    r"(?:Inc|Incorporated|Corp|Corporation|Company|Co|LLC|L\.L\.C|LLP|L\.P|LP|Ltd|Limited|PLC|plc|N\.A|S\.A|"
    r"N\.V|B\.V|GmbH|AG|SE|Jr|Sr|II|III|M\.D|Ph\.D|S\.p\.A|S\.r\.l|Pty)"
)
_NAME = rf"{_NAME_WORD}(?:(?: (?:&|of|de|du|von|van|the)){{0,2}} {_NAME_WORD}|, ?{_LEGAL_FORM}\b\.?)*"
_BETWEEN = re.compile(r"\b(?:between|among|BETWEEN|AMONG|Between|zwischen|entre)\b:? *(?:the )?(?=[A-Z0-9])")
_AND = re.compile(r"(?:^|[\s,;])(?:and|AND|And|und|et|y)\s+(?:between\s+)?(?:the\s+)?(?=[A-Z0-9])")
_NAMED = re.compile(_NAME)
_DEFINED = re.compile(
    rf"({_NAME})(?:,? (?:an?|the) [^()]{{2,100}}|, [^()]{{2,160}})? ?\([^()“\"]{{0,60}}[“\"]"
)
_PARENTHESES = re.compile(r"\([^()]*\)")
_OPENING = 900
"""Letters after "between" in which the parties are told: they are introduced in one sentence."""
_OPENING_ENDS = re.compile(
    r"\b(?:WHEREAS|RECITALS|WITNESSETH|BACKGROUND|Background|Recitals|Whereas|In consideration|In connection|"
    r"In order|NOW,? THEREFORE)\b"
)
_ROLES = re.compile(
    r"\b(?:agreement|information|date|period|plan|act|section|exhibit|company|employee|executive|recipient|"
    r"party|parties|undersigned|disclos\w*|contract|effective|term|this|that|whereas|such|each|any|all|state|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|consultant|"
    r"employer|contractor|representatives?|affiliates?|subsidiaries|transaction|it|you|we|its|his|her)\b",
    re.IGNORECASE,
)
_LAWS = re.compile(
    r"\blaws?\s+(?:of|in)\s+(?:the\s+)?(?:(?:state|commonwealth|province|republic|kingdom|country)\s+of\s+)?"
    r"(?:the\s+)?",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"[A-Z][\w.&'’\-]*(?: (?:of |and )?(?!WITHOUT|AND|AS|EXCLUDING|REGARDLESS|APPLICABLE)[A-Z][\w'’\-]*){0,3}"
)
_GOVERNS = re.compile(r"govern|constru|interpret|enforce|subject to", re.IGNORECASE)
_LAW_AFTER = re.compile(r"\b(?:governed by|under)\s+(?:the\s+)?([A-Z][a-z]+(?: [A-Z][a-z]+)?)\s+law\b")
_NO_PLACE = re.compile(r"(?:United States|America|Federal|Internal|Conflicts?)\b", re.IGNORECASE)
_BEGINS = re.compile(
    r"\b(?:effective|dated?|made|entered|executed|commenc\w+|as of|wirksam|abgeschlossen|effet|fecha)\b",
    re.IGNORECASE,
)
_LASTS = re.compile(
    r"\b(?:term|expire\w*|terminat\w*|remain|continue|surviv\w*|force and effect|in effect|laufzeit|durée)\b",
    re.IGNORECASE,
)
_AGREEMENT = re.compile(
    r"\b(?:this|the) (?:\w+ )?agreement\b|confidential\w* obligations|obligations", re.IGNORECASE
)
_OTHER_TERM = re.compile(
    r"solicit|hire|employ|compet|standstill|stock|option|salary|notice|days", re.IGNORECASE
)
_DATE_WITHIN = 14
_SENTENCE_BEFORE, _SENTENCE_AFTER = 220, 160


@dataclass(frozen=True, slots=True)
class Said:
    """A value that a sentence tells, with its words; ``sure``, 0 to 1."""

    text: str
    words: tuple[PlacedWord, ...]
    sure: float


class RunningText:
    """The words of a document one after another, and the text that they make."""

    def __init__(self, words: Sequence[PlacedWord]) -> None:
        self.words = tuple(words)
        self.text = " ".join(word.text for word in self.words)
        self._starts = [0, *accumulate(len(word.text) + 1 for word in self.words)][:-1]

    def words_of(self, begin: int, end: int) -> tuple[PlacedWord, ...]:
        """The words that a stretch of the text touches."""
        return self.words[self.index(begin) : bisect_left(self._starts, end)]

    def index(self, at: int) -> int:
        """The index of the word at a place of the text."""
        return max(0, bisect_right(self._starts, at) - 1)

    def start(self, index: int) -> int:
        """The place of a word in the text."""
        return self._starts[index]

    def said(self, begin: int, end: int, sure: float) -> Said:
        """A stretch of the text, without marks around it."""
        text = self.text[begin:end]
        kept = text.strip(' ,;:."“”') + ("." if re.search(rf"\b{_LEGAL_FORM}\.\W*$", text) else "")
        return Said(kept, self.words_of(begin, end), sure)


def parties(running: RunningText) -> list[Said]:
    """Who makes a contract: the names after "between", or those that get a name of their own ("the …")."""
    for opening in _BETWEEN.finditer(running.text):
        found = list(_introduced(running, opening.end()))
        if len(found) > 1:
            return found
    return list(_defined(running))


def _introduced(running: RunningText, begin: int) -> Iterator[Said]:
    """The names of a sentence that goes on "X, a … (“…”), and Y", what is in parentheses aside."""
    window = running.text[begin : begin + _OPENING]
    if ends := _OPENING_ENDS.search(window):
        window = window[: ends.start()]
    window = _PARENTHESES.sub(lambda found: " " * len(found.group()), window)
    for at in (0, *(found.end() for found in _AND.finditer(window))):
        name = _NAMED.match(window, at)
        if name and not _ROLES.search(name.group()):
            yield running.said(begin + name.start(), begin + name.end(), 0.9)


def _defined(running: RunningText) -> Iterator[Said]:
    seen = set()
    for found in _DEFINED.finditer(running.text[: 4 * _OPENING]):
        name = found.group(1)
        if not _ROLES.search(name) and name.casefold() not in seen:
            seen.add(name.casefold())
            yield running.said(found.start(1), found.end(1), 0.6)
        if len(seen) == 2:
            return


def jurisdictions(running: RunningText) -> list[Said]:
    """Whose law governs, the plainest first: "governed by … the laws of the State of X", "X law"."""
    found = []
    for laws in _LAWS.finditer(running.text):
        place = _PLACE.match(running.text, laws.end())
        if place and not _NO_PLACE.match(place.group()):
            governs = bool(_GOVERNS.search(running.text[max(0, laws.start() - 160) : laws.start()]))
            found.append(running.said(place.start(), place.end(), 0.9 if governs else 0.6))
    found += [
        running.said(law.start(1), law.end(1), 0.7)
        for law in _LAW_AFTER.finditer(running.text)
        if not _NO_PLACE.match(law.group(1))
    ]
    return sorted(found, key=lambda said: -said.sure)


def beginnings(running: RunningText) -> list[Said]:
    """From when a contract holds: the date after "effective as of", "dated", "entered into this"."""
    found = []
    for cue in _BEGINS.finditer(running.text):
        index = running.index(cue.start())
        near = running.words[index : index + _DATE_WITHIN]
        for span in spans(near, Kind.DATE)[:1]:
            plain = cue.group().lower() in ("effective", "as of")
            early = 1.0 - index / len(running.words)
            sure = 0.6 + 0.1 * plain + 0.15 * early - 0.01 * span.first
            found.append(Said(span.text, near[span.first : span.last + 1], sure))
    return sorted(found, key=lambda said: -said.sure)


def terms(running: RunningText) -> list[Said]:
    """How long a contract holds: the duration in a sentence on its term or its end."""
    found = []
    for span in spans(running.words, Kind.DURATION):
        begin = running.start(span.first)
        around = running.text[max(0, begin - _SENTENCE_BEFORE) : begin + _SENTENCE_AFTER]
        sure = 0.3 + 0.25 * bool(_LASTS.search(around)) + 0.2 * bool(_AGREEMENT.search(around))
        sure -= 0.25 * bool(_OTHER_TERM.search(around))
        found.append(Said(span.text, running.words[span.first : span.last + 1], sure))
    return sorted(found, key=lambda said: -said.sure)


CLAUSES: dict[str, Callable[[RunningText], list[Said]]] = {
    "party": parties,
    "jurisdiction": jurisdictions,
    "effective": beginnings,
    "term": terms,
}
"""What sentences tell, by the concept that a field's name has to hold."""

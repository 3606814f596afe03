"""What contracts say in sentences: who the parties are, whose law governs, from when and for how long."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipelines.extraction.embedded.running import RunningText
from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.spans import spans

_FORMS = (
    "Inc Incorporated Corp Corporation Company Co LLC L.L.C LLP L.L.P LP L.P Ltd Limited Plc N.A S.A N.V B.V "
    "AG SE GmbH Pty S.p.A S.r.l SAS SARL Bhd Jr Sr II III IV M.D Ph.D"
).split()
_FORM = "|".join(re.escape(one) for form in _FORMS for one in dict.fromkeys((form, form.upper())))
_LEGAL = rf"(?:,? (?:{_FORM})(?!\w)\.?)"
_WORD = (
    r"(?:(?:[A-Z]\.){1,3}(?!\w)|(?:Mr|Mrs|Ms|Dr|St)\."
    r"|(?!(?:AND|WITH|DATED|BETWEEN|BY|\d{4})\b)[a-z]?[A-Z0-9][\w&'’¢/\-]*)"
)
_LINK = r"(?: (?:&|of|de|du|van|von|the)){0,2} "
_NAME = rf"(?:{_WORD}(?:{_LINK}{_WORD})*?{_LEGAL}+|{_WORD}(?:{_LINK}{_WORD})*)"
_NAMED = re.compile(_NAME)
_BETWEEN = re.compile(
    r"\b(?:between|among|BETWEEN|AMONG|Between|zwischen|entre|PARTIES)\b:? *(?:the )?(?=[A-Z0-9])"
)
_AND = re.compile(r"(?:^|[\s,;])(?:and|AND|And|und|et|y)\s+(?:between\s+)?(?:the\s+)?(?=[a-z]?[A-Z0-9])")
_PARENTHESES = re.compile(r"\([^()]*\)")
_OPENING = 900
"""Letters after "between" in which the parties are told: they are introduced in one sentence."""
_OPENINGS = 6000
"""Letters from the beginning of a contract in which its opening is looked for."""
_OPENING_ENDS = re.compile(
    r"\b(?i:whereas|recitals|witnesseth|background|now,? therefore)\b"
    r"|\bIn (?:consideration|connection|order)\b|(?<=[a-z]{3})\)?\.\s+[A-Z]|\)\.\s+[A-Z]"
)
_DEFINED = re.compile(rf"({_NAME})(?:,? [^()]{{2,160}})?? ?\([^()“\"]{{0,60}}[“\"]([^”\"()]{{2,40}})[”\"]")
_ROLE = re.compile(
    r"(?i)company|employee|employer|executive|recipient|disclos|receiving|consultant|contractor|purchaser|buyer|"
    r"seller|parent|licens|corporation|bank|investor|counterparty|provider|participant|director|officer|"
    r"client|customer|vendor|supplier|landlord|tenant|borrower|lender|lessor|lessee|guarantor|associate|you\b"
)
_SIGNS = re.compile(rf"({_NAME})\s+(?:By|BY|Per)\s*:|(?<!By: )(?<!BY: )(?<!By:)/s/ ?({_NAME})")
_NO_PARTY = re.compile(
    r"(?i)\b(?:agreements?|amendments?|contract|information|confidential\w*|secrets?|non-\w+|date|period|plan|act|"
    r"section|article|exhibit|schedule|party|parties|undersigned|effective|term|this|that|such|each|any|all|"
    r"states?|subject|representatives?|affiliates?|subsidiaries|transaction|it|you|we|i|its|our|his|her|by|"
    r"title|name|dear|gentlemen|ladies|sirs?|madam|re|january|february|march|april|may|june|july|august|september|october|november|"
    r"december)\b"
)

_LAWS = re.compile(
    r"(?i)\blaws?\s+(?:of|in)\s+(?:the\s+)?(?:(?:state|commonwealth|province|republic|kingdom|country)\s+of\s+)?"
    r"(?:the\s+)?"
)
_AFTER_PLACE = r"(?!WITHOUT|AND|AS|EXCLUDING|REGARDLESS|APPLICABLE|EXCEPT)"
_PLACE = re.compile(rf"[A-Z][\w'’\-]+(?: (?:of |and )?{_AFTER_PLACE}[A-Z][\w'’\-]+){{0,3}}")
_GOVERNS = re.compile(r"(?i)govern|constru|interpret|enforce|subject to")
_LAW_AFTER = re.compile(r"\b(?:governed by|under)\s+(?:the\s+)?([A-Z][a-z]+(?: [A-Z][a-z]+)?)\s+law\b")
_OTHER_LAW = re.compile(
    r"\b(?:[Ee]s gilt|[Uu]nterliegt|[Uu]nterliegen|[Aa]nwendung findet)\s(?:ausschließlich\s)?"
    r"(?:dem|das|der)?\s?(?:Recht\s(?:der|des|von)\s(?P<de>[A-ZÄÖÜ]\w+(?:\s[A-ZÄÖÜ]\w+)?)|(?P<adj>\w+)e[sm]?\sRecht\b)"
    r"|\b(?:soumis|régi\w*|gouvern\w+)\s(?:au|par le|par)\s(?P<fr>droit\s\w+)"
    r"|\b(?:rige|regirá|regido|sometid\w+|regolat\w+|disciplinat\w+)\s(?:por la|a la|por el|dalla|dal)\s"
    r"(?P<es>(?:ley|legislación|derecho|legge|diritto)\s\w+)"
)
"""The same in German ("Es gilt das Recht der …", "deutsches Recht"), French, Spanish and Italian."""
_NO_PLACE = re.compile(
    r"(?i)(?:united states|america|federal|internal|conflicts?|applicable|any|that|such)\b"
)

_BEGINS = re.compile(
    r"(?i)\b(?:effective|dated?|made|entered|executed|commenc\w+|as of|abgeschlossen|effet)\b"
)
_DATE_WITHIN = 14
_LETTER_HEAD = 150
"""Words at the beginning of a letter among which its date stands."""
_EARLY = 0.15

_LASTS = re.compile(
    r"(?i)\bagreement\b.*\b(?:continue|remain|expires?|terminates?|in effect|effective|force|term|cease|"
    r"apply)\b|\b(?:initial )?term (?:of|is|shall)\b.*\bagreement\b|\bVertrag\b.*\bLaufzeit\b|\bdurée\b"
)
_OTHER_TERM = re.compile(
    r"(?i)solicit|\bhir(?:e|ing)|employ|compet|standstill|stock|securit|option|salary|notice|surviv|severance|"
    r"following (?:the )?termination|\bprior to\b"
)
_SENTENCE_END = re.compile(r"(?<=[a-z)”\"]{2})[.;]\s")
_SENTENCE = 400


@dataclass(frozen=True, slots=True)
class Said:
    """A value that a sentence tells, with its words; ``sure``, 0 to 1."""

    text: str
    words: tuple[PlacedWord, ...]
    sure: float


def parties(running: RunningText) -> list[Said]:
    """Who makes a contract: the names after "between", those that get a name of their own, who signs."""
    found: list[Said] = []
    for finder in (_introduced, _defined, _signing):
        found = _distinct([*found, *finder(running)])
        if len(found) > 1:
            break
    return found


def _introduced(running: RunningText) -> Iterator[Said]:
    """The names of a sentence that goes on "X, a … (“…”), and Y", what is in parentheses aside."""
    for opening in _BETWEEN.finditer(running.text, 0, _OPENINGS):
        begin = opening.end()
        window = running.text[begin : begin + _OPENING]
        window = _PARENTHESES.sub(lambda found: " " * len(found.group()), window)
        if ends := _OPENING_ENDS.search(window):
            window = window[: ends.start() + 1]
        ats = (0, *(found.end() for found in _AND.finditer(window)))
        names = [name for at in ats if (name := _NAMED.match(window, at)) and _may_be_party(name.group())]
        if len(names) > 1:
            yield from (_said(running, begin + name.start(), begin + name.end(), 0.9) for name in names)


def _defined(running: RunningText) -> Iterator[Said]:
    """Names with a short name in parentheses that is a role or a part of them."""
    for found in _DEFINED.finditer(running.text, 0, _OPENINGS):
        name, short = found.groups()
        own = set(short.casefold().split()) <= set(name.casefold().replace(",", "").split())
        if _may_be_party(name) and (own or _ROLE.search(short)):
            yield _said(running, found.start(1), found.end(1), 0.6)


def _signing(running: RunningText) -> Iterator[Said]:
    """Who signs: the company over "By:", the person after "/s/" if it is not for a company."""
    for found in _SIGNS.finditer(running.text):
        group = 1 if found.group(1) else 2
        begin, end = found.span(group)
        words = found.group(group).split()
        half = len(words) // 2
        if half and words[:half] == words[half:]:  # signed, and printed below
            end = begin + len(" ".join(words[:half]))
        if _may_be_party(running.text[begin:end]) and len(running.text[begin:end].split()) > 1:
            yield _said(running, begin, end, 0.5)


def _may_be_party(name: str) -> bool:
    bare = re.sub(r"(?i)^the\s+", "", name)
    return not _NO_PARTY.search(name) and not _ROLE.fullmatch(bare) and sum(map(str.isalpha, name)) > 2


def _distinct(found: list[Said]) -> list[Said]:
    """Without those whose words are all in another name, and without repeats."""
    kept: list[Said] = []
    for said in sorted(found, key=lambda one: (-one.sure, -len(one.text))):
        words = _name_words(said.text)
        if not any(words <= _name_words(other.text) or _name_words(other.text) <= words for other in kept):
            kept.append(said)
    return sorted(kept, key=found.index)


def _name_words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", name.casefold()))


def jurisdictions(running: RunningText) -> list[Said]:
    """Whose law governs, the plainest first: "governed by … the laws of the State of X", "X law"."""
    found = []
    for laws in _LAWS.finditer(running.text):
        place = _PLACE.match(running.text, laws.end())
        if place and not _NO_PLACE.match(place.group()):
            governs = bool(_GOVERNS.search(running.text[max(0, laws.start() - 160) : laws.start()]))
            found.append(_said(running, place.start(), place.end(), 0.9 if governs else 0.6))
    found += [
        _said(running, law.start(1), law.end(1), 0.7)
        for law in _LAW_AFTER.finditer(running.text)
        if not _NO_PLACE.match(law.group(1))
    ]
    for law in _OTHER_LAW.finditer(running.text):
        group = next(name for name, text in law.groupdict().items() if text)
        found.append(_said(running, *law.span(group), 0.85))
    return sorted(found, key=lambda said: -said.sure)


def beginnings(running: RunningText) -> list[Said]:
    """From when a contract holds: the date after "effective as of", "dated", "entered into"; a letter's."""
    found = []
    for cue in _BEGINS.finditer(running.text):
        index = running.index(cue.start())
        near = running.words[index : index + _DATE_WITHIN]
        for span in spans(near, Kind.DATE)[:1]:
            plain = cue.group().lower() in ("effective", "as of")
            early = index < _EARLY * len(running.words)
            sure = 0.55 + 0.1 * plain + 0.2 * early - 0.01 * span.first
            found.append(Said(span.text, near[span.first : span.last + 1], sure))
    head = running.words[:_LETTER_HEAD]
    found += [Said(one.text, head[one.first : one.last + 1], 0.6) for one in spans(head, Kind.DATE)[:1]]
    return [said for said in sorted(found, key=lambda said: -said.sure) if said.sure >= 0.6]


def terms(running: RunningText) -> list[Said]:
    """How long a contract holds: the duration in a sentence that says of it that it lasts or ends."""
    found = []
    for span in spans(running.words, Kind.DURATION):
        at = running.start(span.first)
        before = running.text[max(0, at - _SENTENCE) : at]
        sentence = _SENTENCE_END.split(before)[-1]
        if _LASTS.search(sentence) and not _OTHER_TERM.search(sentence):
            found.append(Said(span.text, running.words[span.first : span.last + 1], 0.75))
    return found


def _said(running: RunningText, begin: int, end: int, sure: float) -> Said:
    """A stretch of the text, without marks around it."""
    text = running.text[begin:end].strip(' ,;:"“”')
    return Said(text, running.words_of(begin, end), sure)


CLAUSES: dict[str, Callable[[RunningText], list[Said]]] = {
    "party": parties,
    "jurisdiction": jurisdictions,
    "effective": beginnings,
    "term": terms,
}
"""What sentences tell, by the concept that a field's name has to hold."""

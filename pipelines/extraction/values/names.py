"""Names of companies and people: runs of capitalised words, with the marks of companies' legal forms."""

from __future__ import annotations

from collections.abc import Iterator

import regex

Place = tuple[int, int]

# How companies of many countries end their names.
_FORMS = (
    r"Inc|Incorporated|Corp|Corporation|Co|Company|LLC|L\.L\.C|LLP|L\.L\.P|LP|L\.P|Ltd|Limited|PLC|plc|Pty|PTE|Pte|"
    r"GmbH|AG|KG|KGaA|OHG|UG|e\.K|SE|SA|S\.A|SAS|S\.A\.S|SARL|S\.A\.R\.L|SL|S\.L|SLU|SpA|S\.p\.A|Srl|S\.r\.l|"
    r"BV|B\.V|NV|N\.V|AB|ASA?|A/S|ApS|Oy|Oyj|Sp\. z o\.o|s\.r\.o|a\.s|Kft|Zrt|d\.o\.o|S\.A\. de C\.V|LDA|Lda|"
    r"Sdn\.? ?Bhd|SDN\.? ?BHD|S/B|Bhd|BHD|Bank|N\.A|Trust|Partners|Holdings|Group|Enterprises?|Trading|"
    r"Foundation|University|Association"
)
_WORD = r"(?:\p{Lu}[\p{L}\p{M}\p{N}.'’&/-]{0,40}|\d{1,4}[A-Z]?|[&+])"
_LINK = r"(?:(?:of|and|the|for|de|del|della|di|da|dos|du|des|la|van|von|der|den|und|et|y|e|&)[ ]){1,3}"
_RUN = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}])\p{{Lu}}[\p{{L}}\p{{M}}\p{{N}}.'’&/-]{{0,40}}(?:,?[ ](?:{_LINK})?{_WORD}){{0,12}}"
)
_AND = regex.compile(r",? (?:and|und|et|y|e) ")
_FORM = regex.compile(rf"(?:^|[\s,])(?i:{_FORMS})\.?$")
# In some countries the legal form comes first.
_FORM_FIRST = regex.compile(r"^(?:SARL|SASU?|EURL|PT|OOO|S\.?A\.?R\.?L\.?)\.? \p{Lu}")


def names_in(text: str) -> Iterator[Place]:
    """Where names may stand: a run of capitalised words, up to its legal form if it has one."""
    for found in _RUN.finditer(text):
        start = found.start()
        for link in _AND.finditer(text, start, found.end()):
            if is_company(text[start : link.start()]):  # a company and another
                yield start, link.start()
                start = link.end()
        end = start + len(text[start : found.end()].rstrip(",;:-/& "))
        if end - start > 1:
            yield start, end


def is_company(text: str) -> bool:
    """Whether a name ends with a legal form, or begins with one of those that come first."""
    return _FORM.search(text.rstrip(",; ")) is not None or _FORM_FIRST.match(text) is not None

"""LaTeX before it is read: comments out, verbatim text set aside, the author's own macros expanded."""

from __future__ import annotations

import re
from typing import NamedTuple

# A macro's text may grow a document by this many characters, in this many rounds.
_MOST_ADDED = 2_000_000
_MOST_ROUNDS = 8
_LONGEST_EXPANSION = 100_000
# Stand around the number of a text that was set aside.
_ASIDE, _ASIDE_END = "\ue000", "\ue001"
VERBATIM = re.compile(f"{_ASIDE}(\\d+){_ASIDE_END}")

_STOP = re.compile(
    r"%|\\begin[ ]*\{(?P<env>verbatim\*?|Verbatim\*?|lstlisting|minted|alltt|comment|filecontents\*?|"
    r"tikzpicture|pgfpicture)\}"
    r"|\\(?:verb|lstinline)\*?(?P<mark>[^A-Za-z\s{*])|\\.",
    re.DOTALL,
)
_COMMENT = re.compile(r"%[^\n]*(?:(?=\n[ \t]*\n)|\n[ \t]*)?")
_OPTIONS = re.compile(r"[ \t]*(?:\[[^\[\]]{0,500}\])?(?:\{([^{}]{0,50})\})?")
_LANGUAGE = re.compile(r"language\s*=\s*\{?(?:\[[^\]]*\])?([\w+#-]+)", re.IGNORECASE)
_DRAWN = {"tikzpicture", "pgfpicture"}
_DROPPED = {"comment", "filecontents", "filecontents*"}
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_DEFINITION = re.compile(
    r"\\(?:(?:(?:re)?newcommand|providecommand|DeclareRobustCommand)\*?[ ]*"
    r"(?:\{\s*\\(?P<a>[A-Za-z@]+)\s*\}|\\(?P<b>[A-Za-z@]+))"
    r"\s*(?:\[(?P<count>\d)\])?\s*(?:\[(?P<default>[^\[\]]{0,500})\])?\s*"
    r"|def\s*\\(?P<def>[A-Za-z@]+)(?P<params>(?:#\d)*)"
    r"|DeclareMathOperator\*?\s*\{\s*\\(?P<op>[A-Za-z@]+)\s*\}\s*)(?=\{)"
)
_LAST_NAME = re.compile(r"\\[A-Za-z@]+$")
_PARAMETER = re.compile(r"#(\d)")


class Aside(NamedTuple):
    """A text that LaTeX does not read: of the environment (or the command ``verb``) that holds it."""

    kind: str
    text: str
    language: str = ""


class _Macro(NamedTuple):
    body: str
    parameters: int = 0
    default: str | None = None


def prepared(text: str) -> tuple[str, list[Aside]]:
    """A LaTeX text without comments and macros of its own, and what was set aside from it, by number."""
    text, aside = _set_aside(re.sub(f"[{_ASIDE}{_ASIDE_END}]", "", text))
    text, macros = _without_definitions(text)
    return _expanded(text, macros), aside


def brace_pairs(text: str) -> dict[int, int]:
    """Where the group ends that opens at a place."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for found in _BRACES.finditer(text):
        if found.group() == "{":
            opened.append(found.start())
        elif found.group() == "}" and opened:
            pairs[opened.pop()] = found.start()
    return pairs


def _set_aside(text: str) -> tuple[str, list[Aside]]:
    parts: list[str] = []
    aside: list[Aside] = []
    unclosed: set[str] = set()
    at = 0
    while found := _STOP.search(text, at):
        parts.append(text[at : found.start()])
        at = found.end()
        if found.group() == "%":
            comment = _COMMENT.match(text, found.start())
            at = comment.end() if comment else at
            continue
        name, mark = found.group("env"), found.group("mark")
        closing = f"\\end{{{name}}}" if name else mark
        end = text.find(closing, at) if closing and closing not in unclosed else -1
        if not closing or end < 0:
            unclosed.update([closing] if name and closing else [])
            parts.append(found.group())
            continue
        if name not in _DROPPED:
            parts.append(f"{_ASIDE}{len(aside)}{_ASIDE_END}")
            aside.append(_aside(name or "verb", text[at:end]))
        at = end + len(closing)
    return "".join([*parts, text[at:]]), aside


def _aside(name: str, text: str) -> Aside:
    if name == "verb" or name in _DRAWN:
        return Aside(name, text)
    options = _OPTIONS.match(text)
    start = options.end() if options else 0
    said = _LANGUAGE.search(text[:start])
    language = said.group(1) if said else (options.group(1) if options and name == "minted" else None)
    return Aside(name, text[start:].strip("\n"), (language or "").lower())


def _without_definitions(text: str) -> tuple[str, dict[str, _Macro]]:
    pairs = brace_pairs(text)
    macros: dict[str, _Macro] = {}
    parts: list[str] = []
    at = 0
    while found := _DEFINITION.search(text, at):
        parts.append(text[at : found.start()])
        end = pairs.get(found.end())
        at = found.end() if end is None else end + 1
        if end is None:
            continue
        body = text[found.end() + 1 : end]
        if found.group("op"):
            macros[found.group("op")] = _Macro(f"\\operatorname{{{body}}}")
            continue
        count = int(found.group("count") or len(found.group("params") or "") // 2)
        name = found.group("a") or found.group("b") or found.group("def")
        macros[name] = _Macro(body, count, found.group("default"))
    return "".join([*parts, text[at:]]), macros


def _expanded(text: str, macros: dict[str, _Macro]) -> str:
    if not macros:
        return text
    names = "|".join(sorted(map(re.escape, macros), key=len, reverse=True))
    pattern = re.compile(f"\\\\({names})(?![A-Za-z@])[ \\t]*")
    left = _MOST_ADDED
    for _ in range(_MOST_ROUNDS):
        pairs = brace_pairs(text)
        parts: list[str] = []
        at = 0
        while (found := pattern.search(text, at)) and left > 0:
            parts.append(text[at : found.start()])
            body, at = _filled(macros[found.group(1)], text, found, pairs)
            left -= max(0, len(body) - (at - found.start()))
            parts.append(body)
        if not at:
            break
        text = "".join([*parts, text[at:]])
    return text


def _filled(macro: _Macro, text: str, found: re.Match[str], pairs: dict[int, int]) -> tuple[str, int]:
    """A macro's text with its arguments, and where what follows them begins."""
    arguments: list[str] = []
    at = found.end()
    if macro.default is not None:
        option = re.compile(r"\[([^\[\]]{0,500})\]\s*").match(text, at)
        arguments.append(option.group(1) if option else macro.default)
        at = option.end() if option else at
    while len(arguments) < macro.parameters and at < len(text):
        end = pairs.get(at)
        arguments.append(text[at : at + 1] if end is None else text[at + 1 : end])
        at = at + 1 if end is None else end + 1
    if sum(map(len, arguments)) * macro.body.count("#") > _LONGEST_EXPANSION:
        arguments = []
    # The blank that ended the name is gone: a name at the text's end must not touch the next letter.
    joint = " " if _LAST_NAME.search(macro.body) and text[at : at + 1].isalpha() else ""

    def argument(parameter: re.Match[str]) -> str:
        index = int(parameter.group(1)) - 1
        return arguments[index] if 0 <= index < len(arguments) else ""

    return _PARAMETER.sub(argument, macro.body) + joint, at

"""Text in a document that talks to whoever reads it by machine: it is data, and it is told of.

Contracts and forms are full of orders to people. What is looked for is an order that makes sense to a
model only: to leave what it was told, to be something else, to answer with something, to carry away what it
knows. In text that nobody sees less is needed: there, words about models are suspicious in themselves.

A check by words is no defence (anything can be said in other words), and none rests on it: it tells a
person where to look. The kinds of orders are those of Greshake et al., "Not what you've signed up for"
(2023), and of OWASP's LLM01, in the languages most used on the web.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import regex

from pipelines.extraction.values.words import fold
from pipelines.invisible import shown, smuggled
from schemas.patterns import compiled

_LONGEST = 200_000
"""Letters of one text that are looked at."""
_FEW = "(?:[^ ]+ ){0,4}?"
"""Between two words that make an order together: a few others."""


def _any(words: str) -> str:
    """One of some words, folded; ``_`` is the blank between two."""
    return f"(?:{'|'.join(fold(word) for word in words.split())})".replace("_", " ")


_LEAVE = _any(
    "ignor(?:e|ed|ing|a|ez|er|iere|ieren|iert|are|ad|en)? disregard(?:ing)? forget override overrule bypass "
    "vergiss missachten? oublie[rz]? olvid[ae]n? negeer vergeet dimentica(?:te)? esqueca desconsidere "
    "zignoruj zapomnij bortse glom"
)
_TOLD = _any(
    "instructions? prompts? guidelines? directives? commands? anweisung(?:en)? anleitung(?:en)? vorgaben "
    "regeln instruccion(?:es)? indicaciones ordenes consignes? istruzioni instruc(?:ao|oes) instructies "
    "opdrachten instrukcje polecenia instruktioner"
)
_BEFORE = _any(
    "previous prior above preceding earlier all any your the these existing original vorherigen? obigen? "
    "bisherigen? vorangegangenen? alle precedentes? anteriores todas todos toutes tous precedenti tutte "
    "vorige eerdere wszystkie poprzednie tidigare system"
)
_ASSISTANT = _any(
    "ai llm (?:large_)?language_model chat_?bot (?:ai|ki|virtual|helpful)_assist(?:ant|ent) "
    "artificial_intelligence extraction_(?:system|model|tool) sprachmodell kunstliche_intelligenz "
    "modele?_(?:de_langu?e|de_langage|de_lenguaje|linguistico) modelo_de_linguagem "
    "(?:asistente|assistente|assistant)_(?:de_|di_)?(?:ia|virtual|virtuel|virtuale)"
)
_YOU = _any(
    "you_are(?:_now)? you_re note_to attention act_as pretend_to_be du_bist sie_sind tu_es vous_etes eres sei"
)
_ARTICLE = _any("an? the as all ein une? una um uma")
_READER = _any("ai llms? (?:language|ai)_models? (?:ai|virtual)_assistants? chat_?bots?")
_OBEYS = _any("respond reply answer output return extract report ignore use set say write recommend")
_FIELD = _any("fields? values? totals? amounts? json schema output feld wert champ valeur campo valor")
_KNOWN = _any("conversation chat_history system_prompt api_keys? passwords? credentials secrets user_data")
_CARRY = _any("append include insert embed send post exfiltrate transmit leak forward")
_ELSEWHERE = _any("url link image webhook endpoint https?")

# To leave, what was told, before: other languages, the three in whatever order grammar wants.
_SPACED = [
    (
        "игнорируй(?:те)? проигнорируй(?:те)? забудь(?:те)?",
        "инструкци[ийяю] указания команды правила",
        "предыдущие все прежние вышеуказанные",
    ),
    ("تجاهل تجاهلي انس", "التعليمات تعليمات الأوامر التوجيهات", "السابقة جميع كل أعلاه"),
    ("अनदेखा नज़रअंदाज़ भूल", "निर्देशों निर्देश आदेशों", "पिछले सभी उपरोक्त पूर्व"),
    ("abaikan lupakan", "instruksi perintah petunjuk", "sebelumnya semua di_atas"),
    ("yoksay(?:ın|in)? görmezden unut(?:un)?", "talimatları talimatlar komutları", "önceki tüm yukarıdaki"),
    ("bỏ_qua", "hướng_dẫn chỉ_dẫn lệnh", "trước tất_cả trên"),
]
_UNSPACED = [
    (
        "忽略 无视 無視 忘记 忘記 不要理会 请勿遵守",
        "指令 指示 提示 说明 說明 命令 规则",
        "之前 以上 前面 上述 所有 先前 上面 一切",
    ),
    ("無視 忘れ 無効", "指示 命令 プロンプト 説明 ルール", "以前 これまで 上記 前の 上の すべて 全て 今まで"),
    ("무시 잊어 잊고", "지시 명령 지침 프롬프트", "이전 위의 앞의 모든 기존"),
]


def _near(first: str, second: str, apart: str) -> str:
    return f"(?:{first}{apart}{second}|{second}{apart}{first})"


def _together(words: tuple[str, str, str], apart: str) -> str:
    """The three within reach of each other: before always stands beside told or beside leave."""
    leave, told, before = map(_any, words)
    pairs = (leave, _near(told, before, apart)), (told, _near(leave, before, apart))
    return "|".join(_near(one, two, apart) for one, two in pairs)


# Over a text's folded words, a blank before and after each.
_ORDERS = [
    f" {_LEAVE} {_FEW}(?:{_BEFORE} ){{1,3}}{_FEW}{_TOLD} ",
    f" {_LEAVE} {_FEW}{_TOLD} {_BEFORE} ",
    f" {_LEAVE} {_any('everything all')} {_any('above before you_were_told')} ",
    f" {_YOU} {_ARTICLE} (?:[^ ]+ )?{_ASSISTANT} ",
    f" {_any('reveal print repeat output show')} {_FEW}{_any('your the')} system prompt ",
    f" {_READER} (?:[^ 0-9]+ ){{0,4}}?{_any('must should shall has_to')} (?:[^ ]+ ){{0,2}}?{_OBEYS} ",
    rf" set {_FEW}{_FIELD} (?:[^ ]+ ){{0,3}}?to [0-9]{{4}}",
    f" {_CARRY} {_FEW}{_KNOWN} (?:[^ ]+ ){{0,8}}?{_ELSEWHERE} ",
    *(f" (?:{_together(words, f' {_FEW}')}) " for words in _SPACED),
    *(_together(words, ".{0,12}?") for words in _UNSPACED),
]
_MENTIONS = [
    f" {_any('system_prompt prompt_injection developer_mode jailbreak chatgpt an_ai')} ",
    f" {_any('language_models? ai_models? ai_assistants? ai_reviewers? llms? sprachmodell')} ",
    f" {_any('give assign recommend')} {_FEW}{_any('positive_review acceptance highest_(?:score|rating)')} ",
    f" set {_FEW}{_FIELD} (?:[^ ]+ ){{0,3}}?to ",
    _any("语言模型 人工智能 言語モデル 언어_모델 языковая_модель"),
]
# Over the text as it is: marks of a chat's turns, and a picture whose address is to be filled in.
_SIGNS = [
    r"<\|(?:im_start|im_end|system|user|assistant|endoftext|start_header_id|eot_id)\|?>?",
    r"\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>",
    r"!\[[^\]\n]{0,99}\]\(https?://[^\s)]{0,200}[?&=/](?:\{|%7[Bb]|<|\[)",
]
_FORMAT = regex.compile(r"\p{Cf}")
_WORDS = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_TEMPLATE = re.compile(r"<\|(?=[\w/ -]{1,40}\|>)|\[(?=/?INST\])|<(?=</?SYS>>|/?(?:start|end)_of_turn>|/?s>)")


def speaks_to_a_model(text: str, *, hidden: bool = False) -> bool:
    """Whether a text gives an order that makes sense to a model only.

    Of ``hidden`` text, which nobody was meant to read: whether it speaks of models at all, with what its
    characters without looks spell. The time is linear in the text; of a long one the beginning counts.
    """
    text = text[:_LONGEST]
    text = _FORMAT.sub("", f"{shown(text)}\n{smuggled(text)}" if hidden else shown(text))
    said = f" {' '.join(_WORDS.findall(fold(text)))} "
    return _has(_orders(), said) or _has(_signs(), text) or (hidden and _has(_mentions(), said))


def without_roles(text: str) -> str:
    """A text in which a blank breaks the marks of a chat's turns (``<|im_start|>``, ``[INST]``…).

    Some servers put what they are sent into the model's template as it is: such a mark would end a message.
    """
    return _TEMPLATE.sub(lambda found: f"{found[0]} ", text)


def _has(patterns: list[Any], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


@cache
def _orders() -> list[Any]:
    return [compiled(pattern) for pattern in _ORDERS]


@cache
def _mentions() -> list[Any]:
    return [compiled(pattern) for pattern in _MENTIONS]


@cache
def _signs() -> list[Any]:
    return [compiled(pattern, ignore_case=True) for pattern in _SIGNS]

"""Numbers as lists spell them: the number formats of ECMA-376 part 1 §17.18.59."""

from __future__ import annotations

from collections.abc import Callable

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_DAGGERS = "*†‡§"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_HEBREW = "אבגדהוזחטיכלמנסעפצקרשת"
_ALPHABETS = {
    "lowerLetter": _LATIN,
    "upperLetter": _LATIN.upper(),
    "russianLower": _RUSSIAN,
    "russianUpper": _RUSSIAN.upper(),
    "aiueo": "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
    "iroha": "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシ"
    "ヱヒモセスン",
    "ganada": "가나다라마바사아자차카타파하",
    "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "arabicAlpha": "أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "arabicAbjad": "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
    "hebrew2": _HEBREW,
    "thaiLetters": "กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ",
    "hindiVowels": "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह",
    "hindiConsonants": "अआइईउऊऋऌऍऎएऐऑऒओऔ",
}
_ALPHABETS["aiueoFullWidth"], _ALPHABETS["irohaFullWidth"] = _ALPHABETS["aiueo"], _ALPHABETS["iroha"]
_DIGITS = {
    "decimalFullWidth": "０１２３４５６７８９",
    "decimalFullWidth2": "０１２３４５６７８９",
    "hindiNumbers": "०१२३४५६७८९",
    "thaiNumbers": "๐๑๒๓๔๕๖๗๘๙",
    "ideographDigital": "〇一二三四五六七八九",
    "japaneseDigitalTenThousand": "〇一二三四五六七八九",
    "taiwaneseDigital": "○一二三四五六七八九",
    "koreanDigital": "영일이삼사오육칠팔구",
    "koreanDigital2": "零一二三四五六七八九",
}
_COUNTED = {
    "chineseCounting": "十百千",
    "chineseCountingThousand": "十百千",
    "japaneseCounting": "十百千",
    "taiwaneseCounting": "十百千",
    "taiwaneseCountingThousand": "十百千",
}
_CIRCLED = {
    "decimalEnclosedCircle": (0x2460, 20),
    "decimalEnclosedCircleChinese": (0x2460, 20),
    "decimalEnclosedParen": (0x2474, 20),
    "decimalEnclosedFullstop": (0x2488, 20),
    "ideographEnclosedCircle": (0x3280, 10),
}
_LARGEST = 32_767
_MOST_REPEATED = 50


def numeral(n: int, form: str) -> str:
    """The number ``n`` in a format such as ``lowerRoman``; decimal where it has no other spelling."""
    if form in {"none", "bullet"}:
        return ""
    if not 0 < n <= _LARGEST:
        return str(n)
    if form in _FORMS:
        return _FORMS[form](n)
    if form in _ALPHABETS:
        return _letters(n, _ALPHABETS[form])
    if form in _DIGITS:
        return "".join(_DIGITS[form][int(digit)] for digit in str(n))
    if form in _COUNTED:
        return _counted(n, _COUNTED[form])
    first, most = _CIRCLED.get(form, (0, 0))
    return chr(first + n - 1) if n <= most else str(n)


def _letters(n: int, alphabet: str) -> str:
    """After the last letter each is doubled, then tripled: z, aa, bb."""
    times, index = divmod(n - 1, len(alphabet))
    return alphabet[index] * min(times + 1, _MOST_REPEATED)


def _roman(n: int) -> str:
    parts = []
    for worth, sign in _ROMAN:
        times, n = divmod(n, worth)
        parts.append(sign * times)
    return "".join(parts)


def _ordinal_ending(n: int) -> str:
    return "th" if n % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")


def _words(n: int) -> str:
    if n < 20:
        return _ONES[n]
    if n < 100:
        tens, ones = divmod(n, 10)
        return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
    size, name = (1000, "thousand") if n >= 1000 else (100, "hundred")
    many, rest = divmod(n, size)
    return f"{_words(many)} {name}" + (f" {_words(rest)}" if rest else "")


def _ordinal_words(n: int) -> str:
    words = _words(n)
    start = max(words.rfind(" "), words.rfind("-")) + 1
    last = words[start:]
    ordinal = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return words[:start] + ordinal


def _counted(n: int, places: str) -> str:
    """Chinese counting: 23 is two ten three; a one before the first ten is not said."""
    digits = "〇一二三四五六七八九"
    if n >= 10_000:
        return "".join(digits[int(digit)] for digit in str(n))
    parts: list[str] = []
    text = str(n)
    for place, digit in zip(range(len(text) - 1, -1, -1), text, strict=True):
        if digit != "0":
            parts.append(digits[int(digit)] + (places[place - 1] if place else ""))
        elif parts and parts[-1] != "〇":
            parts.append("〇")
    joined = "".join(parts).rstrip("〇")
    return joined.removeprefix("一") if joined.startswith("一十") else joined


def _hebrew(n: int) -> str:
    """Additive: hundreds, tens, ones; 15 and 16 are written 9+6 and 9+7."""
    parts = []
    hundreds, rest = divmod(n, 100)
    while hundreds:
        step = min(hundreds, 4)
        parts.append(_HEBREW[17 + step])
        hundreds -= step
    if rest in {15, 16}:
        return "".join((*parts, "ט", _HEBREW[rest - 10]))
    tens, ones = divmod(rest, 10)
    parts.append(_HEBREW[8 + tens] if tens else "")
    parts.append(_HEBREW[ones - 1] if ones else "")
    return "".join(parts)


_FORMS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda n: f"{n:02d}",
    "upperRoman": _roman,
    "lowerRoman": lambda n: _roman(n).lower(),
    "ordinal": lambda n: f"{n}{_ordinal_ending(n)}",
    "cardinalText": lambda n: _words(n).capitalize(),
    "ordinalText": lambda n: _ordinal_words(n).capitalize(),
    "hex": lambda n: f"{n:X}",
    "chicago": lambda n: _DAGGERS[(n - 1) % 4] * min((n - 1) // 4 + 1, _MOST_REPEATED),
    "numberInDash": lambda n: f"- {n} -",
    "hebrew1": _hebrew,
}

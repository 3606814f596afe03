"""Characters of symbol fonts, which have codes of their own, as Unicode."""

from __future__ import annotations

_PRIVATE = 0xF000

# Adobe's Symbol encoding from code 0x20 and from 0xA0; a space where there is nothing.
_SYMBOL = {
    0x20: " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
    0xA0: "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪ 〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭",
}
# Signs that other fonts have, too, in place of those of Unicode's pictographs.
_WINGDINGS = {
    0x20: " ✎✂✁👓🔔📖🕯☎✆✉🖃📪📫📬📭📁📂📄🗏🗐🗄⌛🖮🖰🖲🖳🖴🖫🖬✇✍"
    "✎✌👌👍👎☜☞☝☟🖐☺😐☹💣☠🏳🏱✈☼💧❄🕆✞🕈✠✡☪☯ॐ☸♈♉♊♋♌♍♎♏♐♑♒♓🙰🙵●❍■□",
    0x70: "◻❑❒⬧⧫◆❖⬥⌧⮹⌘🏵🏶❝❞ ⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿🙢🙠🙡🙣🙞🙜🙝🙟·•▪○🞆🞈◉◎🔿▪☐🟂✦★✶✴✹✵⯐⌖⟡⌑⯑✪✰",
    0xB7: "🕐🕑🕒🕓🕔🕕🕖🕗🕘🕙🕚🕛⮰⮱⮲⮳⮴⮵⮶⮷🙪🙫🙕🙔🙗🙖🙐🙑🙒🙓⌫⌦⮘➢⮙⮛⮈⮊⮉⮋←→↑↓↖↗↙↘⬅➔⬆⬇⬉⬈⬋⬊⇦⇨⇧⇩⬄⇳⬀⬁⬃⬂▭▫✗✓☒☑",
}
_WINGDINGS_2 = {0x4F: "✗✓☒☑☒☒", 0x96: "•●⚫⬤", 0x9E: "⊡■□", 0xA3: "□"}
_WINGDINGS_3 = {0x66: "←→↑↓↖↗↙↘↔↕", 0x70: "▲▼△▽◀▶◁▷", 0x7D: "▶"}


def _table(*runs: dict[int, str]) -> dict[int, str]:
    return {
        first + place: sign
        for run in runs
        for first, signs in run.items()
        for place, sign in enumerate(signs)
        if sign != " " or first + place == 0x20
    }


_FONTS = {
    "symbol": _table(_SYMBOL),
    "wingdings": _table(_WINGDINGS),
    "wingdings 2": _table(_WINGDINGS_2),
    "wingdings 3": _table(_WINGDINGS_3),
}


def symbol(code: int, font: str | None) -> str:
    """The character with a code in a font, as Unicode; empty where nothing is known of it."""
    table = _FONTS.get((font or "").lower())
    low = code - _PRIVATE if _PRIVATE <= code <= _PRIVATE + 0xFF else code
    if table is not None:
        return table.get(low, "")
    if low != code or not 0x20 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return chr(low) if 0x20 <= low < 0x7F else ""
    return chr(code)


def without_private_codes(text: str, font: str | None) -> str:
    """Text with the private characters that stand for those of a symbol font turned into Unicode."""
    if text.isascii() or not any(_PRIVATE <= ord(c) <= _PRIVATE + 0xFF for c in text):
        return text
    return "".join(
        symbol(ord(c), font or "symbol") if _PRIVATE <= ord(c) <= _PRIVATE + 0xFF else c for c in text
    )

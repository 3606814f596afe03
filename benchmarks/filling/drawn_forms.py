"""Forms that the benchmark draws: printed places to fill in that no file knows of, and where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from benchmarks.filling.forms import Field, Widget
from schemas.geometry import BBox

_WIDTH, _HEIGHT = 595.0, 842.0
_MARGIN = 56.0
_FACES = (("Helvetica", "Helvetica-Bold"), ("Times-Roman", "Times-Bold"), ("Courier", "Courier-Bold"))

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Application for membership|Request for a permit|Registration of a visitor",
        "sections": "Applicant|Contact|Employment|Vehicle|Payment|Emergency contact",
        "texts": "First name|Last name|Date of birth|Place of birth|Street and number|City|Postal code"
        "|Country|E-mail|Telephone|Employer|Position held|Licence plate|Colour of the vehicle"
        "|Account number|Bank|Amount due|Reference|Nationality"
        "|Passport number|Name of the guardian|Number of children",
        "questions": "Marital status=single,married,widowed|Delivery=by post,by courier,collected"
        "|Gender=female,male,other|Previous member=yes,no",
        "ticks": "I have read the rules|Send me the newsletter|I agree to the fee|A copy is attached",
        "codes": "Customer number|Tax number",
    },
    "de": {
        "title": "Antrag auf Mitgliedschaft|Anmeldung eines Besuchers|Bestellung von Material",
        "sections": "Antragsteller|Kontakt|Beschäftigung|Fahrzeug|Zahlung",
        "texts": "Vorname|Nachname|Geburtsdatum|Geburtsort|Straße und Hausnummer|Wohnort|Postleitzahl|Land"
        "|E-Mail|Telefon|Arbeitgeber|Tätigkeit|Kennzeichen|Farbe des Fahrzeugs|Kontonummer|Kreditinstitut"
        "|Betrag|Aktenzeichen|Staatsangehörigkeit|Passnummer|Name des Vormunds|Anzahl der Kinder",
        "questions": "Familienstand=ledig,verheiratet,verwitwet|Lieferung=per Post,per Kurier,Abholung"
        "|Geschlecht=weiblich,männlich,divers|Bereits Mitglied=ja,nein",
        "ticks": "Ich habe die Satzung gelesen|Newsletter erwünscht|Kopie liegt bei",
        "codes": "Kundennummer|Steuernummer",
    },
    "fr": {
        "title": "Demande d'adhésion|Inscription d'un visiteur|Bon de commande",
        "sections": "Demandeur|Coordonnées|Emploi|Véhicule|Paiement",
        "texts": "Prénom|Nom|Date de naissance|Lieu de naissance|Rue et numéro|Ville|Code postal|Pays"
        "|Courriel|Téléphone|Employeur|Fonction|Immatriculation|Couleur du véhicule|Numéro de compte"
        "|Banque|Montant|Référence|Nationalité|Numéro du passeport|Nom du tuteur|Nombre d'enfants",
        "questions": "État civil=célibataire,marié,veuf|Livraison=par poste,par coursier,retrait"
        "|Sexe=féminin,masculin,autre|Déjà membre=oui,non",
        "ticks": "J'ai lu le règlement|Envoyez-moi la lettre|Une copie est jointe",
        "codes": "Numéro de client|Numéro fiscal",
    },
}


def shuffled_words(dice: Random) -> dict[str, list[str]]:
    """What a form in one of the languages may ask for, by kind, in another order each time."""
    words = {kind: said.split("|") for kind, said in _WORDS[dice.choice(list(_WORDS))].items()}
    for found in words.values():
        dice.shuffle(found)
    return words


@dataclass(slots=True)
class _Sheet:
    """A form on its way: ``y`` is where the next thing goes, from the bottom of the page, points."""

    canvas: Canvas
    dice: Random
    words: dict[str, list[str]]
    face: str
    bold: str
    size: float
    y: float
    fields: list[Field]

    def take(self, kind: str) -> str:
        """A label that was not used yet; empty when all are."""
        return self.words[kind].pop() if self.words[kind] else ""

    def say(self, x: float, y: float, text: str, *, bold: bool = False, size: float = 0.0) -> float:
        """Writes a text; where it ends."""
        face, size = (self.bold if bold else self.face), size or self.size
        self.canvas.setFont(face, size)
        self.canvas.drawString(x, y, text)
        return x + float(stringWidth(text, face, size))

    def add(self, label: str, kind: str, *places: BBox, options: tuple[str, ...] = ()) -> Field:
        """Keeps a field; places are in the page's own space."""
        widgets = [
            Widget(1, rect, BBox(rect.x1, _HEIGHT - rect.y2, rect.x2, _HEIGHT - rect.y1), option)
            for rect, option in zip(places, options or ("yes",) * len(places), strict=True)
        ]
        self.fields.append(Field(label, kind, widgets))
        return self.fields[-1]


def draw(path: Path, dice: Random) -> list[Field]:
    """Writes a form of one page to a file; its fields, called by their labels."""
    words = shuffled_words(dice)
    face, bold = dice.choice(_FACES)
    canvas = Canvas(str(path), pagesize=(_WIDTH, _HEIGHT), invariant=1)
    sheet = _Sheet(canvas, dice, words, face, bold, dice.choice([8.5, 9.5, 10.5]), _HEIGHT - 70, [])
    sheet.say(_MARGIN, sheet.y, sheet.take("title"), bold=True, size=sheet.size + 5)
    sheet.y -= 34
    for number, style in enumerate(dice.sample(list(_STYLES), 4), start=1):
        if dice.random() < 0.8:
            sheet.say(
                _MARGIN, sheet.y, f"{number}. {sheet.take('sections')}", bold=True, size=sheet.size + 1.5
            )
            sheet.y -= 22
        style(sheet)
        sheet.y -= 16
    canvas.save()
    return sheet.fields


def _lines(sheet: _Sheet) -> None:
    """Labels with a line each, drawn or typed, one or two a row."""
    kind = sheet.dice.choice(["rule", "underscores", "dots"])
    columns = sheet.dice.choice([1, 1, 2])
    width = (_WIDTH - 2 * _MARGIN) / columns
    for _ in range(3):
        for column in range(columns):
            label, x = sheet.take("texts"), _MARGIN + column * width
            if label:
                start = sheet.say(x, sheet.y, f"{label}:") + 6
                _line(sheet, kind, label, start, x + width - 12)
        sheet.y -= sheet.size + 14


def _line(sheet: _Sheet, kind: str, label: str, start: float, end: float) -> None:
    if kind == "rule":
        sheet.canvas.setLineWidth(0.6)
        sheet.canvas.line(start, sheet.y - 2, end, sheet.y - 2)
    else:
        sign = "_" if kind == "underscores" else "."
        count = int((end - start) / stringWidth(sign, sheet.face, sheet.size))
        end = sheet.say(start, sheet.y, sign * count)
    sheet.add(label, "text", BBox(start, sheet.y - 4, end, sheet.y + sheet.size + 6))


def _boxes(sheet: _Sheet) -> None:
    """Framed boxes with the label above, two a row."""
    width, height = (_WIDTH - 2 * _MARGIN - 20) / 2, sheet.dice.choice([16.0, 20.0, 24.0])
    for _ in range(2):
        for column in range(2):
            label, x = sheet.take("texts"), _MARGIN + column * (width + 20)
            if label:
                sheet.say(x, sheet.y, label)
                sheet.canvas.rect(x, sheet.y - 4 - height, width, height)
                sheet.add(label, "text", BBox(x, sheet.y - 4 - height, x + width, sheet.y - 4))
        sheet.y -= height + sheet.size + 14


def _cells(sheet: _Sheet) -> None:
    """A grid of cells, each with its label small at the top left inside."""
    columns, height = sheet.dice.choice([2, 3]), sheet.dice.choice([28.0, 34.0])
    width = (_WIDTH - 2 * _MARGIN) / columns
    for _ in range(2):
        for column in range(columns):
            label, x = sheet.take("texts"), _MARGIN + column * width
            sheet.canvas.rect(x, sheet.y - height, width, height)
            if label:
                sheet.say(x + 3, sheet.y - 8, label, size=6.5)
                sheet.add(label, "text", BBox(x, sheet.y - height, x + width, sheet.y - 9))
        sheet.y -= height
    sheet.y -= 12


def _table(sheet: _Sheet) -> None:
    """A table of labels at the left and empty cells at the right."""
    split, height = _MARGIN + sheet.dice.choice([160, 200]), sheet.size + 11
    for _ in range(4):
        label = sheet.take("texts")
        if label:
            sheet.canvas.rect(_MARGIN, sheet.y - height, split - _MARGIN, height)
            sheet.canvas.rect(split, sheet.y - height, _WIDTH - _MARGIN - split, height)
            sheet.say(_MARGIN + 5, sheet.y - height + 5, label)
            sheet.add(label, "text", BBox(split, sheet.y - height, _WIDTH - _MARGIN, sheet.y))
            sheet.y -= height
    sheet.y -= 10


def _combs(sheet: _Sheet) -> None:
    """Rows of small boxes for a character each."""
    for _ in range(2):
        label = sheet.take("codes")
        if not label:
            return
        x, count, side = sheet.say(_MARGIN, sheet.y, label) + 12, sheet.dice.choice([6, 8, 9]), 15.0
        for place in range(count):
            sheet.canvas.rect(x + place * side, sheet.y - 4, side, side + 2)
        field = sheet.add(label, "text", BBox(x, sheet.y - 4, x + count * side, sheet.y + side - 2))
        field.longest = count
        sheet.y -= side + 14


def _choices(sheet: _Sheet) -> None:
    """Questions with a box or a circle for each answer, and boxes that stand alone."""
    is_round = sheet.dice.random() < 0.3
    for _ in range(2):
        question, _, answers = sheet.take("questions").partition("=")
        x, places = sheet.say(_MARGIN, sheet.y, f"{question}:") + 14, []
        for answer in answers.split(","):
            places.append(_box(sheet, x, is_round=is_round))
            x = sheet.say(x + sheet.size + 5, sheet.y, answer) + 18
        sheet.add(question, "group", *places, options=tuple(answers.split(",")))
        sheet.y -= sheet.size + 12
    for _ in range(2):
        label = sheet.take("ticks")
        place = _box(sheet, _MARGIN, is_round=False)
        sheet.say(_MARGIN + sheet.size + 6, sheet.y, label)
        sheet.add(label, "tick", place)
        sheet.y -= sheet.size + 9


def _box(sheet: _Sheet, x: float, *, is_round: bool) -> BBox:
    side, y = sheet.size, sheet.y - 1.5
    if is_round:
        sheet.canvas.circle(x + side / 2, y + side / 2, side / 2)
    else:
        sheet.canvas.rect(x, y, side, side)
    return BBox(x, y, x + side, y + side)


_STYLES: tuple[Callable[[_Sheet], None], ...] = (_lines, _boxes, _cells, _table, _combs, _choices)

"""What kind of value a field holds, told by its type and by the words of its author."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from pipelines.extraction.targets import ArrayOf, Field, Scalar
from pipelines.extraction.values.words import parts


class Kind(StrEnum):
    """Kinds of value, by how they are printed."""

    DATE = "date"
    MONEY = "money"
    NUMBER = "number"
    INTEGER = "integer"
    PERCENT = "percent"
    PHONE = "phone"
    EMAIL = "email"
    IBAN = "iban"
    URL = "url"
    ADDRESS = "address"
    NAME = "name"
    """Of a person or a company."""
    CODE = "code"
    """A number, with letters or without, that names something: of an invoice, an account, a tax."""
    BOOLEAN = "boolean"
    CHOICE = "choice"
    DURATION = "duration"
    CURRENCY = "currency"
    TEXT = "text"


_FORMATS = {
    "date": Kind.DATE,
    "date-time": Kind.DATE,
    "email": Kind.EMAIL,
    "idn-email": Kind.EMAIL,
    "uri": Kind.URL,
    "url": Kind.URL,
    "iri": Kind.URL,
    "uuid": Kind.CODE,
    "duration": Kind.DURATION,
    "phone": Kind.PHONE,
    "decimal": Kind.NUMBER,
}

# Words that name a kind wherever they stand in a field's name.
_CERTAIN = {
    Kind.EMAIL: "email mail courriel correo",
    Kind.IBAN: "iban",
    Kind.URL: "url website homepage webseite web uri sitio",
    Kind.PHONE: "phone telephone tel telefon telefono telefone fax mobile cell handy telefax movil celular",
    Kind.PERCENT: "percent percentage rate pct prozent prozentsatz satz taux tasa tarif porcentaje "
    "aliquota apr apy",
}
# Words of which the last (in most languages the head of the name) tells the kind.
_HEADS = {
    Kind.DATE: "date datum fecha data dato day dob birthday birthdate deadline tag jour dated expiry "
    "expiration geburtsdatum rechnungsdatum lieferdatum falligkeit falligkeitsdatum echeance vencimiento "
    "scadenza from until",
    Kind.MONEY: "amount total subtotal sum price cost fee tax vat balance value payment gross net salary "
    "wage wages income rent deposit discount charge charges paid due credit debit withdrawal tip premium "
    "limit deductible tips betrag summe gesamt preis netto brutto steuer mwst gesamtbetrag endbetrag "
    "kosten saldo gebuhr rechnungsbetrag montant somme prix ttc ht tva solde importe monto precio suma "
    "impuesto iva valor cuota pago importo prezzo totale bedrag prijs btw proceeds compensation withheld "
    "earnings",
    Kind.NUMBER: "quantity qty count weight height width length size score hours units menge anzahl "
    "quantite cantidad quantita aantal gewicht poids peso stuck nombre volume distance area temperature",
    Kind.ADDRESS: "address addr anschrift adresse direccion indirizzo endereco adres domicilio location sede",
    Kind.NAME: "name company vendor supplier seller buyer customer client issuer merchant payee payer "
    "employer employee bank party parties contact person author signatory owner holder insured insurer "
    "landlord tenant borrower lender manager beneficiary recipient sender patient doctor producer carrier "
    "agent store shop firm organization organisation firma kunde lieferant verkaufer kaufer inhaber "
    "aussteller client fournisseur nom societe vendeur acheteur nombre proveedor cliente empresa vendedor "
    "comprador fornitore ditta nome leverancier klant naam entity licensor licensee lessor lessee "
    "guarantor trustee attorney witness accountholder business",
    Kind.CODE: "number no nr num id code ref reference identifier nummer numero key serial sku zip "
    "postcode plz postal account ssn ein tin vin siret siren cif nif codigo identification ein abn gstin "
    "rechnungsnummer kundennummer steuernummer kontonummer bic swift routing policy invoice isbn barcode "
    "reg registration license licence pin kennung zeichen clave matricula folio",
    Kind.DURATION: "term duration period validity laufzeit dauer duree plazo duracion durata looptijd",
    Kind.CURRENCY: "currency wahrung devise moneda valuta munt moeda waluta mena valuta ccy",
    Kind.TEXT: "description note notes comment comments title subject text summary type status category "
    "city state country product item service method terms unit jurisdiction law language gender "
    "purpose reason role beschreibung bezeichnung ort stadt land ville pays ciudad pais citta "
    "color brand model province county region town street strasse rue calle via details "
    "remarks instructions nationality position",
}
_CODE_HEADS = frozenset("number no nr id identification identifier code nummer numero kennung".split())
# A description says in so many words what a thing is.
_BEGINNING = 5
_OF = frozenset("of de del der des du da di van von for for per to by in on at".split())
_CERTAIN_KIND = {word: kind for kind, words in _CERTAIN.items() for word in words.split()}
_HEAD_KIND = {word: kind for kind, words in _HEADS.items() for word in words.split()}
# Kinds that a field of numbers may hold; the others say nothing of it.
_NUMERIC = frozenset({Kind.MONEY, Kind.PERCENT, Kind.NUMBER, Kind.DURATION, Kind.CODE})


def kind_of(field: Field) -> Kind:
    """The kind of a field's value, or of its items': by type, format and enum, else by its words."""
    target = field.target.items if isinstance(field.target, ArrayOf) else field.target
    if not isinstance(target, Scalar):
        return Kind.TEXT
    if target.kind == "boolean":
        return Kind.BOOLEAN
    if target.choices:
        return Kind.CHOICE
    if target.format in _FORMATS:
        return _FORMATS[target.format]
    said = list(_said(field))
    if target.kind == "string":
        first = next(iter(said), Kind.TEXT)
        return Kind.CODE if first is Kind.MONEY and _is_numbered(field.description) else first
    kind = next((kind for kind in said if kind in _NUMERIC), None)
    if kind in {Kind.MONEY, Kind.PERCENT}:
        return kind
    return Kind.INTEGER if target.kind == "integer" else Kind.NUMBER


def _is_numbered(description: str) -> bool:
    """Whether what sounds like an amount (VAT, tax) is described as the number of something."""
    return not _CODE_HEADS.isdisjoint(parts(description)[:_BEGINNING])


def _said(field: Field) -> Iterator[Kind]:
    """The kinds that the name, the title, what is around it and the description speak of, in this order."""
    for text in (field.name, field.title):
        words = parts(text)
        kind = _named(words) or (_named([word.removesuffix("s") for word in words]))
        if kind:
            yield kind
    words = parts(field.description)
    yield from (_CERTAIN_KIND[word] for word in words if word in _CERTAIN_KIND)
    yield from (_HEAD_KIND[word] for word in words if word in _HEAD_KIND)


def _named(words: Sequence[str]) -> Kind | None:
    """The kind that a name's words tell: words that are certain, else the name's head."""
    joined = [*words, "".join(words)]
    certain = next((_CERTAIN_KIND[word] for word in joined if word in _CERTAIN_KIND), None)
    if certain:
        return certain
    cut = next((n for n, word in enumerate(words) if n and word in _OF), len(words))
    ordered = (*reversed(words[:cut]), *reversed(words[cut:]))  # bill_to_name: before "to" is no head
    return next((_HEAD_KIND[word] for word in ordered if word in _HEAD_KIND), None)

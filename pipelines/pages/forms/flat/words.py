"""What forms ask for everywhere: the words that labels end or begin with.

A small help where a label has no colon, no line and no frame, not a list of the labels that there are.
"""

from __future__ import annotations

HEADS = frozenset(
    """
    date dates time day month year name names surname title address street city town state country zip
    phone telephone tel fax facsimile email e-mail website
    no nos nr number numbers id ref reference code account invoice order policy contract
    from to attn attention subject re cc signature signed by
    company department dept division office position occupation employer
    amount total subtotal price quantity qty cost fee tax balance rate currency
    age sex gender nationality birth status type comments remarks notes description period page pages
    datum name vorname nachname anschrift strasse straße plz ort telefon unterschrift betrag summe nummer
    betreff konto rechnung menge preis
    nom prénom adresse ville téléphone montant numéro objet quantité prix signature
    fecha nombre apellido apellidos dirección ciudad teléfono importe número firma asunto cantidad precio
    data nome cognome indirizzo città telefono importo numero firma oggetto quantità prezzo
    endereço cidade telefone valor assinatura assunto quantidade preço
    naam adres plaats telefoon bedrag handtekening
    """.split()
)
"""In small letters; English, German, French, Spanish, Italian, Portuguese, Dutch."""

NUMBERS = frozenset({"no", "nos", "nr", "n°", "nº", "№", "#", "núm", "num", "número", "nummer", "number"})
"""Those that a number follows, often without a colon or a gap."""


def has_head(text: str) -> bool:
    """Whether a text begins or ends with a word that most forms ask with."""
    words = [part.strip(".:：#()-").casefold() for part in text.split()]
    return bool(words) and not {words[0], words[-1]}.isdisjoint(HEADS)

"""Why pieces are one table, in words for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipelines.documents.merge_tables.heads import Relation
from pipelines.documents.merge_tables.link import Link
from pipelines.documents.merge_tables.whole import Chain

_MOST_PAGES = 8


def reason_of(chain: Chain) -> str:
    """A sentence or two: the names of the columns, their places, what is between, what was joined."""
    told = [*_heads(chain), _columns(chain.links), *_between(chain), *_joined(chain), *_asked(chain)]
    sentence = "; ".join(told)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _heads(chain: Chain) -> Iterator[str]:
    start = chain.pieces[0].page
    if pages := _after(chain, lambda link: link.head.relation is Relation.REPEATED):
        yield f"the header is repeated on {_listed(pages)} as it stands on page {start}"
    if pages := _after(chain, lambda link: link.head.relation is not Relation.REPEATED):
        yield f"{_listed(pages)} {'goes' if len(set(pages)) == 1 else 'go'} on without a header"


def _columns(links: Sequence[Link]) -> str:
    if any(None in link.pairing.of or link.pairing.fit < 1 for link in links):
        return "the columns were matched by their places"
    if any(link.pairing.aligned is None for link in links):
        return "there are as many columns"
    return "the columns stand at the same places"


def _between(chain: Chain) -> Iterator[str]:
    pages = {piece.page for piece in chain.pieces}
    what = "the end of a column" if len(pages) == 1 else "the page's foot and head"
    also = []
    if any(link.gap.noted for link in chain.links):
        also.append("footnotes")
    if any(link.gap.captioned for link in chain.links):
        also.append("the repeated caption")
    if any(link.gap.continued for link in chain.links):
        also.append("a note that it is continued")
    yield f"nothing but {', '.join([what, *also[:-1]])}{' and ' + also[-1] if also else ''} is between"


def _joined(chain: Chain) -> Iterator[str]:
    ends = [chain.pieces[i].page for i, link in enumerate(chain.links) if link.broken]
    if ends:
        yield f"the row that the end of {_listed(ends)} broke was joined"


def _asked(chain: Chain) -> Iterator[str]:
    if chain.asked:
        yield f"a language model was asked about {_listed(chain.asked)} and says that the table goes on"


def _after(chain: Chain, is_so: Callable[[Link], bool]) -> list[int]:
    return [chain.pieces[i + 1].page for i, link in enumerate(chain.links) if is_so(link)]


def _listed(pages: Sequence[int]) -> str:
    """``page 3``, ``pages 3, 4 and 7``; of many, the first and the last."""
    one = list(dict.fromkeys(pages))
    if len(one) == 1:
        return f"page {one[0]}"
    if len(one) > _MOST_PAGES:
        return f"pages {one[0]} to {one[-1]}"
    return f"pages {', '.join(map(str, one[:-1]))} and {one[-1]}"

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.ooxml.charts import chart_fragment
from schemas.fragments import FragmentType

C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
STRICT = "http://purl.oclc.org/ooxml/drawingml/chart"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
AXES = (
    '<c:catAx><c:axId val="1"/><c:title><c:tx><c:rich><a:p><a:r><a:t>Year</a:t></a:r></a:p></c:rich></c:tx>'
    '</c:title></c:catAx><c:valAx><c:axId val="2"/><c:scaling><c:max val="50"/><c:min val="0"/></c:scaling>'
    "<c:majorGridlines/><c:title><c:tx><c:rich><a:p><a:r><a:t>Tons</a:t></a:r></a:p></c:rich></c:tx></c:title>"
    '<c:numFmt formatCode="0.0"/></c:valAx>'
)
IDS = '<c:axId val="1"/><c:axId val="2"/>'


def cache(kind: str, values: Sequence[object], code: str = "General") -> str:
    points = "".join(f'<c:pt idx="{i}"><c:v>{v}</c:v></c:pt>' for i, v in enumerate(values) if v is not None)
    head = f"<c:formatCode>{code}</c:formatCode>" if kind == "num" else ""
    stored = f'{head}<c:ptCount val="{len(values)}"/>{points}'
    return f"<c:{kind}Ref><c:f>S!$A$1</c:f><c:{kind}Cache>{stored}</c:{kind}Cache></c:{kind}Ref>"


def ser(
    name: str, categories: str, values: str, extra: str = "", tags: tuple[str, str] = ("cat", "val")
) -> str:
    title = f"<c:tx>{cache('str', [name])}</c:tx>" if name else ""
    across = f"<c:{tags[0]}>{categories}</c:{tags[0]}>" if categories else ""
    return f"<c:ser>{title}{extra}{across}<c:{tags[1]}>{values}</c:{tags[1]}></c:ser>"


def space(plot: str, chart: str = "", before: str = "", namespace: str = C) -> bytes:
    return (
        f'<c:chartSpace xmlns:c="{namespace}" xmlns:a="{A}">{before}<c:chart>{chart}'
        f"<c:plotArea>{plot}</c:plotArea></c:chart></c:chartSpace>"
    ).encode()


def data(xml: bytes) -> dict:
    fragment = chart_fragment(xml, as_data=True)
    assert fragment is not None
    kind, content = fragment
    assert kind is FragmentType.CHART
    return json.loads(content.content)


def text(xml: bytes) -> str:
    fragment = chart_fragment(xml, as_data=False)
    assert fragment is not None
    kind, content = fragment
    assert kind is FragmentType.FIGURE
    return content.content


YEARS = cache("str", ["2001", "2002"])
RICH = "<c:rich><a:p><a:r><a:t>Har</a:t></a:r><a:r><a:t>vest</a:t></a:r></a:p></c:rich>"
TITLE = f"<c:title><c:tx>{RICH}</c:tx></c:title>"
RED = '<c:spPr><a:solidFill><a:srgbClr val="ff0000"/></a:solidFill></c:spPr>'
THEMED = '<c:spPr><a:solidFill><a:schemeClr val="accent1"/></a:solidFill></c:spPr>'
BARS = (
    '<c:barChart><c:barDir val="bar"/><c:grouping val="stacked"/>'
    + ser("Rye", YEARS, cache("num", [10, 20.5]), RED)
    + ser("Oats", YEARS, cache("num", [None, 7]), THEMED)
    + IDS
    + "</c:barChart>"
    + AXES
)


@pytest.mark.parametrize("namespace", [C, STRICT])
def test_bars_as_table(namespace: str) -> None:
    assert text(space(BARS, TITLE, namespace=namespace)) == (
        "Harvest\nTons\n\n| Year | Rye | Oats |\n| --- | --- | --- |\n| 2001 | 10 |  |\n| 2002 | 20.5 | 7 |"
    )


def test_bars_as_data() -> None:
    legend = '<c:legend><c:legendPos val="b"/></c:legend>'
    assert data(space(BARS, TITLE + legend)) == {
        "type": "bar_chart",
        "title": "Harvest",
        "grid": True,
        "legend_position": "bottom",
        "orientation": "horizontal",
        "bar_style": "stacked",
        "x_axis": {"label": "Year", "categories": ["2001", "2002"]},
        "y_axis": {"label": "Tons", "min": 0, "max": 50, "format": "0.0"},
        "series": [
            {"name": "Rye", "data": [10, 20.5], "color": "#FF0000"},
            {"name": "Oats", "data": [None, 7], "color": None},
        ],
    }


def test_line_with_dates_and_styles() -> None:
    style = (
        '<c:spPr><a:ln><a:solidFill><a:srgbClr val="00FF00"/></a:solidFill><a:prstDash val="dash"/>'
        "</a:ln></c:spPr>"
        '<c:marker><c:symbol val="circle"/></c:marker>'
    )
    dates = cache("num", [36526, 36557], "yyyy-mm-dd")
    plot = (
        f"<c:lineChart>{ser('Rain', dates, cache('num', [0.25, 0.5], '0%'), style)}{IDS}</c:lineChart>{AXES}"
    )
    found = data(space(plot))
    assert found["title"] == "Rain"  # Office shows the name of a lone series as the title
    assert found["x_axis"] == {"label": "Year", "values": ["2000-01-01", "2000-02-01"], "scale": "category"}
    assert found["series"] == [
        {"name": "Rain", "data": [0.25, 0.5], "color": "#00FF00", "line_style": "dashed", "marker": "circle"}
    ]
    assert "| 2000-01-01 | 25% |" in text(space(plot))


def test_dates_by_the_format_of_their_axis() -> None:
    axis = '<c:dateAx><c:axId val="1"/><c:numFmt formatCode="mmm yyyy" sourceLinked="0"/></c:dateAx>'
    series = ser("Rain", cache("num", [36526, 36557]), cache("num", [1, 2]))
    xml = space(f"<c:lineChart>{series}{IDS}</c:lineChart>{axis}")
    assert data(xml)["x_axis"] == {"label": None, "values": ["Jan 2000", "Feb 2000"], "scale": "date"}


def test_dates_since_1904() -> None:
    plot = f"<c:lineChart>{ser('a', cache('num', [0], 'yyyy-mm-dd'), cache('num', [1]))}</c:lineChart>"
    assert "1904-01-01" in text(space(plot, before='<c:date1904 val="1"/>'))


def test_scatter_and_bubbles() -> None:
    tags = ("xVal", "yVal")
    one = ser("A", cache("num", [1, 2]), cache("num", [3, 4]), tags=tags)
    other = ser("B", cache("num", [5]), cache("num", [6]), tags=tags)
    assert text(space(f"<c:scatterChart>{one}{other}</c:scatterChart>")).splitlines()[2:] == [
        "| A | 1 | 3 |",
        "| A | 2 | 4 |",
        "| B | 5 | 6 |",
    ]
    sized = one.replace("</c:ser>", f"<c:bubbleSize>{cache('num', [9, 8])}</c:bubbleSize></c:ser>")
    found = data(space(f"<c:bubbleChart>{sized}</c:bubbleChart>"))
    assert found["type"] == "scatter_plot"
    assert (found["series"][0]["x_data"], found["series"][0]["size"]) == ([1, 2], [9, 8])


def test_pie_has_shares_and_colours() -> None:
    point = f'<c:dPt><c:idx val="1"/>{RED}</c:dPt>'
    plot = (
        f"<c:pieChart>{ser('Votes', cache('str', ['yes', 'no']), cache('num', [3, 1]), point)}</c:pieChart>"
    )
    assert data(space(plot))["slices"] == [
        {"label": "yes", "value": 3, "percentage": 75.0, "color": None},
        {"label": "no", "value": 1, "percentage": 25.0, "color": "#FF0000"},
    ]


def test_two_plots_are_an_array_and_one_table() -> None:
    bars = f"<c:barChart>{ser('Rain', YEARS, cache('num', [1, 2]))}</c:barChart>"
    line = f"<c:lineChart>{ser('Heat', YEARS, cache('num', [3, 4]))}</c:lineChart>"
    assert [one["type"] for one in data(space(bars + line))] == ["bar_chart", "line_chart"]
    assert "| 2001 | 1 | 3 |" in text(space(bars + line))


@pytest.mark.parametrize("kind", ["areaChart", "radarChart", "stockChart"])
def test_kinds_without_a_type_stay_figures(kind: str) -> None:
    xml = space(f"<c:{kind}>{ser('Rain', YEARS, cache('num', [1, 2]))}</c:{kind}>")
    fragment = chart_fragment(xml, as_data=True)
    assert fragment is not None
    assert fragment[0] is FragmentType.FIGURE
    assert "| 2002 | 2 |" in fragment[1].content


def test_categories_of_several_levels() -> None:
    levels = (
        "<c:multiLvlStrRef><c:multiLvlStrCache>"
        '<c:lvl><c:pt idx="0"><c:v>Q1</c:v></c:pt><c:pt idx="1"><c:v>Q2</c:v></c:pt>'
        '<c:pt idx="2"><c:v>Q1</c:v></c:pt></c:lvl>'
        '<c:lvl><c:pt idx="0"><c:v>2001</c:v></c:pt><c:pt idx="2"><c:v>2002</c:v></c:pt></c:lvl>'
        "</c:multiLvlStrCache></c:multiLvlStrRef>"
    )
    xml = space(f"<c:barChart>{ser('Rye', levels, cache('num', [1, 2, 3]))}</c:barChart>")
    assert text(xml).splitlines()[4:] == ["| 2001 | Q1 | 1 |", "| 2001 | Q2 | 2 |", "| 2002 | Q1 | 3 |"]
    assert data(xml)["x_axis"]["categories"] == ["2001 / Q1", "2001 / Q2", "2002 / Q1"]


def test_values_that_are_only_in_cells() -> None:
    sheet = {"S!$A$2:$A$3": ["rye", "oats"], "S!$B$2:$B$3": [1.0, 2.5], "S!$B$1": ["Tons"]}
    plot = (
        "<c:barChart><c:ser><c:tx><c:strRef><c:f>S!$B$1</c:f></c:strRef></c:tx>"
        "<c:cat><c:strRef><c:f>S!$A$2:$A$3</c:f></c:strRef></c:cat>"
        "<c:val><c:numRef><c:f>S!$B$2:$B$3</c:f></c:numRef></c:val></c:ser></c:barChart>"
    )
    fragment = chart_fragment(space(plot), as_data=False, cells=lambda reference: sheet[reference])
    assert fragment is not None
    assert fragment[1].content == "Tons\n\n|  | Tons |\n| --- | --- |\n| rye | 1 |\n| oats | 2.5 |"


def test_extended_charts_are_figures() -> None:
    xml = (
        '<cx:chartSpace xmlns:cx="http://schemas.microsoft.com/office/drawing/2014/chartex"><cx:chartData>'
        '<cx:data id="0"><cx:strDim type="cat"><cx:lvl><cx:pt idx="0">in</cx:pt><cx:pt idx="1">out</cx:pt>'
        '</cx:lvl></cx:strDim><cx:numDim type="val"><cx:lvl formatCode="0.0"><cx:pt idx="0">5</cx:pt>'
        '<cx:pt idx="1">3</cx:pt></cx:lvl></cx:numDim></cx:data></cx:chartData><cx:chart><cx:title><cx:tx>'
        "<cx:txData><cx:v>Cash</cx:v>"
        '</cx:txData></cx:tx></cx:title><cx:plotArea><cx:plotAreaRegion><cx:series layoutId="waterfall">'
        '<cx:dataId val="0"/></cx:series></cx:plotAreaRegion></cx:plotArea></cx:chart></cx:chartSpace>'
    )
    fragment = chart_fragment(xml.encode(), as_data=True)
    assert fragment is not None
    assert fragment[0] is FragmentType.FIGURE
    assert fragment[1].content == "Cash\n\n|  |  |\n| --- | --- |\n| in | 5.0 |\n| out | 3.0 |"


def test_far_indices_make_no_rows() -> None:
    stored = '<c:ptCount val="999999999"/><c:pt idx="31000"><c:v>1</c:v></c:pt>'
    far = f"<c:numRef><c:numCache>{stored}</c:numCache></c:numRef>"
    xml = space(f"<c:barChart>{ser('a', '', far)}</c:barChart>")
    assert text(xml).splitlines()[-1] == "| 31001 | 1 |"
    assert data(xml)["series"][0]["data"] == [1]


@pytest.mark.parametrize(
    "xml", [b"", b"<x/>", b"not xml", space(""), b'<c:chartSpace xmlns:c="c"/>', b"<c:><c:chart/></c:>"]
)
def test_nothing_to_read(xml: bytes) -> None:
    assert chart_fragment(xml, as_data=True) is None


@given(
    st.lists(
        st.sampled_from(["c:ser", "c:val", "c:numRef", "c:numCache", "c:pt", "c:cat", "c:tx", "c:v"]),
        max_size=8,
    )
)
def test_any_nesting_is_read_or_refused(tags: list[str]) -> None:
    inner = "".join(f'<{tag} idx="1" val="x">' for tag in tags) + "".join(
        f"</{tag}>" for tag in reversed(tags)
    )
    found = chart_fragment(space(f"<c:barChart>{inner}</c:barChart>"), as_data=True)
    assert found is None or found[0] is FragmentType.CHART

"""Drawings are well-formed, named for a screen reader, and say what their data say."""

import xml.etree.ElementTree as ET

import pytest

from crmsim.common import palette
from crmsim.widgets.drawings import charts, drawings, faces, loop

LOOKS = ("bob", "short", "bun", "cap", "grey", "glasses", "sales")
SVG = "{http://www.w3.org/2000/svg}"


def node(change: str, direction: int, reached: bool) -> loop.Node:
    return loop.Node("Profit <3", change, direction, [1.0, 2.0], [1.0, 1.5], reached, "wk 3")


def drawn() -> dict[str, str]:
    return {
        "face": faces.face(-0.4, "bob", "Lin Yue, uneasy"),
        "journey": drawings.journey_drawing([0.2, -0.9], 3, "two of six"),
        "loop": loop.draw_loop([node("+1 %", 1, True)] * 7, "the loop", centre=("a", "b", "c")),
        "tank": drawings.tank(0.4, 0.6, "Customers", "1,900", "usual 2,100"),
        "emblem": drawings.emblem("the loop"),
        "chart": charts.chart(
            [charts.ChartLine([1.0, 3.0], palette.RUN)], "profit", 4, "{:g}".format
        ),
        "course": charts.shape([0.1, 0.9], "rises"),
        "curve": drawings.run_drawing([1.0, 2.0], [1.0, 1.0], "profit"),
    }


@pytest.mark.parametrize("name", drawn())
def test_a_drawing_is_well_formed_and_has_an_accessible_name(name):
    root = ET.fromstring(drawn()[name])
    assert root.get("role") == "img"
    assert root.get("aria-label")
    sizes = [float(text.get("font-size")) for text in root.iter(f"{SVG}text")]
    assert all(size >= 14 for size in sizes)


def mouth_bend(mood: float, look: str) -> float:
    """Measure how far the middle of the mouth hangs below its corners."""
    shapes = ET.fromstring(faces.face(mood, look)).iter(f"{SVG}path")
    mouth = next(shape.get("d") for shape in shapes if shape.get("stroke") == "#7A2E2A")
    corner, control = mouth.split("Q")[0].split()[1], mouth.split("Q")[1].split()[1]
    return float(control) - float(corner)


@pytest.mark.parametrize("look", LOOKS)
def test_a_better_mood_smiles_more(look):
    bends = [mouth_bend(mood / 4, look) for mood in range(-4, 5)]
    assert bends == sorted(bends)
    assert bends[0] < 0 < bends[-1]


def test_the_five_moods_have_five_faces_on_grounds_of_their_own():
    moods = (-0.9, -0.3, 0.0, 0.3, 0.9)
    assert len({str(faces.face(mood, "bob")) for mood in moods}) == 5
    assert faces.face(-0.9, "bob") == faces.face(-0.6, "bob")


def test_an_arrow_is_lit_only_between_two_nodes_that_the_effect_reached():
    nodes = [node("", 0, reached) for reached in (True, True, False, True, True, True, True)]
    root = ET.fromstring(loop.draw_loop(nodes))
    looks = {
        kind: [
            each.get("class").split()[1]
            for each in root.iter(f"{SVG}g")
            if (each.get("class") or "").startswith(kind)
        ]
        for kind in ("node", "arrow")
    }
    assert looks["node"] == ["lit", "lit", "none", "lit", "lit", "lit", "lit"]
    lit = ["lit", "none", "none", "lit", "lit", "lit", "lit"]
    assert (looks["arrow"][::2], looks["arrow"][1::2]) == (lit, lit)


@pytest.mark.parametrize("size", [(580, 408), (580, 396)])
def test_on_a_phone_no_card_covers_another_or_the_middle_or_leaves_the_screen(size):
    root = ET.fromstring(loop.draw_loop([node("", 0, True)] * 7, size=size, film=True))
    places = [
        tuple(map(float, each.get("data-narrow").split()))
        for each in root.iter(f"{SVG}g")
        if each.get("data-narrow")
    ]
    assert len(places) == 7
    wide, high = loop.CARD["width"], loop.CARD["height"]
    down = (loop.TALL_HEIGHT - size[1]) / 2
    for at, (x, y) in enumerate(places):
        assert 290 - 172 < x - wide / 2 < x + wide / 2 < 290 + 172
        assert 0 < y + down - high / 2 < y + down + high / 2 < loop.TALL_HEIGHT
        for other_x, other_y in places[:at]:
            assert abs(x - other_x) >= wide + 8 or abs(y - other_y) >= high + 8
    free = [y + down for x, y in places if y + down < loop.TALL_MIDDLE]
    below = [y + down for x, y in places if y + down > loop.TALL_MIDDLE]
    assert max(free) + high / 2 < loop.TALL_MIDDLE - 45
    assert min(below) - high / 2 > loop.TALL_MIDDLE + 90


def test_the_journey_draws_small_feelings_on_the_right_side_of_the_middle():
    heights = [y for _, y in drawings.journey_points([0.1, -0.1, 1.0], ahead=1)]
    middle = drawings.JOURNEY_HEIGHT / 2
    assert heights[2] < heights[0] < middle < heights[1]
    assert heights[3:] == [middle, middle]


def test_a_week_stands_beside_the_change_only_where_both_fit_on_the_card():
    def weeks(change: str, when: str) -> int:
        card = loop.Node("Profit", change, 1, [1.0, 2.0], [1.0, 1.5], True, when)
        return loop.draw_loop([card] * 7).count(when)

    assert weeks("−$6.18k", "wk 14") == weeks("−46.9万元", "第11周") == 7
    assert weeks("−6,180美元", "第14周") == 0

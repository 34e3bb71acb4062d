"""Every number of the screens of bots' games: one sum, told once, and nothing against it."""

from __future__ import annotations

import re

import pytest

from crmsim.common.words import data_path, words
from crmsim.course.sessions.market import MarketSession
from crmsim.course.sessions.predictions import DIRECTIONS, GUESSED, SHAPES
from crmsim.course.sessions.visit import OPTIONS, VisitSession
from crmsim.widgets.drawings.loop import NODES
from crmsim.widgets.market import pages as market_pages
from crmsim.widgets.visit import pages as visit_pages

AMOUNT = re.compile(r"([+−]?)[¥$]([\d,.]+)(M\b|k\b| million)?")
UNITS = {"M": 1e6, "k": 1e3, " million": 1e6}
SHORT = 0.006
"""Share by which an amount in three digits may differ from the same one written out."""


pytestmark = pytest.mark.usefixtures("compiled_engine", "work")


def plain(html: str) -> str:
    """Return the words of a region without its marks."""
    text = re.sub(r"<[^>]*>", " ", html).replace("\N{WORD JOINER}", "")
    return re.sub(r"\s+", " ", text)


def amounts(html: str) -> list[float]:
    """Return every amount of money in a region, in order, without those of the film's data."""
    html = re.sub(r"data-film='[^']*'", "", html)
    return [
        (-1 if sign == "−" else 1)
        * float(digits.rstrip(".,").replace(",", ""))
        * UNITS.get(unit, 1)
        for sign, digits, unit in AMOUNT.findall(plain(html))
    ]


def of_node(ring: str, node: str) -> tuple[str, set[str]]:
    """Return the change that a node of the loop says, and its looks."""
    place = NODES.index(node)
    found = re.search(
        rf'<g class="node ([^"]*)" data-node="{place}".*?</g>\s*<text class="change"[^>]*>([^<]*)',
        ring,
        re.S,
    )
    return found[2], set(found[1].split())


def centre_of(ring: str) -> float:
    return amounts(re.search(r'<text class="money"[^>]*>([^<]*)', ring)[1])[0]


def sign(value: float) -> int:
    return (value > 0) - (value < 0)


# --- a firm ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def firms(tmp_path_factory):
    """Small firms, led by bots: the screens of every quarter, and of the end."""
    folder = tmp_path_factory.mktemp("firms")

    def led(firm: str, turn: int):
        text = data_path("scenarios", f"{firm}.toml").read_text("utf-8")
        path = folder / f"{firm}.toml"
        path.write_text(text.replace("people = 5000", "people = 300"), "utf-8")
        session = MarketSession(str(path), seed=turn + 1)
        session.do("begin", "")
        for number, measure in enumerate(("profit", "reputation", "customers")):
            session.do("shape", f"{measure}={list(SHAPES)[(turn + number) % len(SHAPES)]}")
        session.do("lock", "")
        while session.phase != "end":
            yield session
            while session.phase == "decide" and session.unanswered:
                options = session.cards[0].options
                session.do("card", f"{session.unanswered[0]}={options[turn % len(options)].id}")
            if session.phase == "decide":
                lever = session.levers[turn % len(session.levers)]
                if turn % 3:
                    session.do("lever", f"{lever.id}={(lever.low, lever.high)[turn % 2]:g}")
                for measure in GUESSED:
                    session.do("guess", f"{measure}={DIRECTIONS[turn % 3]}")
                assert session.do("run", "")
            else:
                assert session.do("next", "") or session.do("continue", "")
            turn += 1
        yield session

    return led


@pytest.mark.parametrize(
    ("firm", "turn"),
    [
        ("southwest", 1),
        *(("buick-market", turn) for turn in range(2)),
        *(pytest.param("southwest", turn, marks=pytest.mark.long) for turn in (0, 2)),
    ],
)
def test_in_every_quarter_the_loop_the_news_and_the_bet_tell_one_sum(firms, firm, turn):
    same = words("en")("market.way.same")
    quarters = equal = 0
    for session in firms(firm, turn):
        if session.phase not in ("watch", "came"):
            continue
        regions = market_pages.screen(session).regions
        quarters += 1
        told = plain(regions["left"])
        now, usual = amounts(re.search(r"Profit [^(:]*\(unchanged: [^)]*\)", told)[0])
        centre = centre_of(regions["middle"])
        assert centre == now - usual
        said, looks = of_node(regions["middle"], "profit")
        assert "%" not in said
        if amounts(said):
            assert amounts(said)[0] == pytest.approx(centre, rel=SHORT, abs=1)
        bet = re.search(r"Profit: ([^()]*)\(the same: within ±([^)]*)\)", told)
        if bet is None:
            assert session.phase == "watch"
            continue
        change = amounts(bet[1])[0] if amounts(bet[1]) else 0.0
        assert change == centre
        within = same in bet[1].split(";")[-1]
        assert within == (abs(change) <= amounts(bet[2])[0])
        news = re.search(r'<li class="(\w*)">Profit [^:]*\(unchanged', regions["left"])[1]
        assert {news} == ({""} if within else {"good" if change > 0 else "bad"})
        assert not within or not looks & {"good", "bad"}
        equal += within
    assert quarters >= 12


@pytest.mark.parametrize("firm", ["southwest", "buick-market"])
def test_at_the_end_the_value_is_told_once_and_is_the_sum_of_its_parts_and_of_the_decisions(
    firms, firm
):
    *_, session = firms(firm, 1)
    session.do("tab", "decisions")
    regions = market_pages.screen(session).regions
    told = plain(regions["left"])
    run, usual = session.run, session.runs.usual(session.runs.quarters)
    value, other = run.value, usual.value
    finding, played, worth = amounts(regions["left"])
    lower = "lower than if nothing" in told
    assert played + worth == (-finding if lower else finding) == round(value.total - other.total)
    assert played == round(value.played - other.played)
    assert f"Profit of the {session.runs.quarters} quarters" in told
    total = re.search(r'<tr class="together">.*?<td class="amount \w*">([^<]*)', regions["wide"])[1]
    total = float(total.replace(",", "").replace("−", "-").replace("+", ""))
    assert total == played + worth
    session.do("tab", "runs")
    boxes = market_pages.screen(session).regions["wide"]
    last = re.search(r"Value gained, added up: .*?your firm ([^;\"]*)", boxes)[1]
    sign_, digits, unit = re.fullmatch(r"(−?)([\d.]+)([Mk]?)", last).groups()
    drawn = (-1 if sign_ else 1) * float(digits) * UNITS.get(unit, 1)
    assert drawn == pytest.approx(played + worth, rel=SHORT, abs=1)
    assert not re.search(r"\d ?%", told.replace("10 % less a year", ""))


# --- a visit -----------------------------------------------------------------------------------


def to_loop(seed: int, turn: int) -> VisitSession:
    """Play a visit as the salesperson up to the loop, in some way."""
    session = VisitSession("buick", seed)
    session.do("seat", "seller")
    while session.phase != "loop":
        if session.phase == "visit":
            offers = session.view().on_offer
            session.do("choose", offers[turn % len(offers)].id)
        elif session.phase in (f"bet-{topic}" for topic in OPTIONS):
            options = OPTIONS[session.phase.removeprefix("bet-")]
            session.do("bet", options[turn % len(options)])
        else:
            session.do("continue", "")
        turn += 1
    return session


@pytest.mark.parametrize(("seed", "turn"), [(1, 0), (2, 1), (3, 2), (4, 3)])
def test_after_a_visit_headline_loop_and_bet_tell_one_sum_without_per_cent_of_profit(seed, turn):
    session = to_loop(seed, turn)
    regions = visit_pages.screen(session).regions
    told = plain(regions["left"])
    centre = centre_of(regions["middle"])
    headline = re.search(r"the firm earns ([^Y]*?)(more|less|the same)", told)
    said = amounts(headline[1])
    assert sign(centre) == {"more": 1, "less": -1, "the same": 0}[headline[2]]
    assert said == ([abs(centre)] if said else [])
    result = amounts(re.search(r"Result: ([^,]*(?:,\d+)*)", told)[1])
    assert result == [centre]
    node, _ = of_node(regions["middle"], "profit")
    assert "%" not in node
    if amounts(node):
        assert amounts(node)[0] == pytest.approx(centre, rel=SHORT, abs=1)
    assert "%" not in told.split("Now change")[0]


@pytest.mark.parametrize(("seed", "turn"), [(2, 2), (4, 0), (14, 2)])
def test_what_one_answer_brought_adds_up_to_what_the_town_says(seed, turn):
    session = to_loop(seed, turn)
    session.do("scope", "one")
    regions = visit_pages.screen(session).regions
    *parts, total = amounts(regions["right"])[:4]
    assert sum(parts) == total != 0
    assert amounts(regions["middle"])[0] == total

"""The film of the loop in a real browser, on a stage without a notebook."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from stage_page import play_to_the_last_bet

from crmsim import load, simulate, watch
from crmsim.common import palette
from crmsim.course.sessions.market import MarketSession
from crmsim.course.sessions.predictions import GUESSED, MEASURES
from crmsim.course.sessions.visit import VisitSession
from crmsim.widgets.drawings.film import QUARTER_S
from crmsim.widgets.market.play import MarketPlay
from crmsim.widgets.visit.play import Play

PICTURE = """
svg => svg.outerHTML.replace(/ style="[^"]*"/g, "").replace(/ (visibility|cx|cy)="[^"]*"/g, "")
"""


def visit(lang: str) -> tuple[Play, list[tuple[str, str]]]:
    """A visit, and the acts up to the one that shows the loop."""
    play = Play(VisitSession("buick", 1, lang))
    play.on_act("seat", "seller")
    play_to_the_last_bet(play)
    return play, [("bet", "higher")]


def firm(lang: str) -> tuple[MarketPlay, list[tuple[str, str]]]:
    """A firm with something decided, and the act that runs its first quarter."""
    play = MarketPlay(MarketSession("buick-market", 1, lang))
    play.on_act("begin", "")
    play.on_act("lever", "capacity=1.3")
    for measure in GUESSED:
        play.on_act("guess", f"{measure}=higher")
    return play, [("run", "")]


@pytest.fixture
def shown(bare):
    """A function that shows a game before and after the act that ends in a film."""

    def show(game, lang: str = "en", motion: str = "no-preference"):
        play, acts = game(lang)
        stage = bare(play, motion)
        stage.act(*acts)
        return stage

    return show


def week(page) -> int:
    """The week that the counter shows."""
    said = page.locator(".counter").text_content()
    return int("".join(c if c.isdigit() else " " for c in said).split()[0])


@pytest.mark.parametrize(
    ("game", "lang"),
    [
        (visit, "en"),
        (firm, "zh-Hans"),
        pytest.param(visit, "zh-Hans", marks=pytest.mark.long),
        pytest.param(firm, "en", marks=pytest.mark.long),
    ],
)
def test_the_film_runs_by_itself_and_the_finding_comes_last(shown, game, lang):
    film = shown(game, lang)
    finding = film.page.locator(".outcome").first
    film.wait(1)
    expect(film.stage).to_have_attribute("data-filming", "")
    expect(finding).not_to_be_visible()
    film.wait(1)
    assert week(film.page) > 0
    film.wait(15)
    expect(film.stage).not_to_have_attribute("data-filming", "")
    expect(finding).to_be_visible()
    assert film.page.evaluate("window.Plotly") is None


def test_on_a_slow_machine_the_film_takes_no_longer(shown):
    """Only few of its pictures are drawn there: one in half a second, and one in two seconds."""
    film = shown(firm)
    bar = film.page.locator(".film-bar input")
    film.page.clock.fast_forward(500)
    after_half_a_second = float(bar.input_value())
    assert after_half_a_second == pytest.approx(1000 * 0.5 / QUARTER_S, abs=15)
    film.page.clock.fast_forward(2000)
    assert float(bar.input_value()) > 2 * after_half_a_second


@pytest.mark.parametrize("game", [visit, firm])
def test_enter_skips_to_the_finished_picture_and_the_focus_goes_on(shown, game):
    film = shown(game)
    film.page.evaluate("document.querySelector('#film').focus()")
    film.page.keyboard.press("Enter")
    expect(film.stage).not_to_have_attribute("data-filming", "")
    expect(film.page.locator(":focus")).to_have_id("heading")
    assert film.page.locator(".travelling").count() == 0


def test_scrubbed_with_mouse_and_keys_it_stands_where_it_is_put(shown):
    film = shown(visit)
    page, bar = film.page, film.page.locator(".film-bar input")
    film.scrub(1.0)
    finished = page.locator(".crmsim-loop").evaluate(PICTURE)
    weeks = []
    for share in (0.2, 0.5, 0.9):
        film.scrub(share)
        weeks.append(week(page))
    assert weeks == sorted(set(weeks))
    bar.focus()
    page.keyboard.press("ArrowLeft")
    assert week(page) <= weeks[-1]
    film.scrub(0.3)
    assert page.locator(".node.waiting").count() > 0
    film.scrub(1.0)
    assert page.locator(".crmsim-loop").evaluate(PICTURE) == finished


def test_paused_it_waits_and_goes_on_and_is_shown_again(shown):
    film = shown(visit)
    button, bar = (film.page.locator(each) for each in ("[data-film-act=play]", ".film-bar input"))
    film.wait(1)
    expect(button).to_have_text("Pause")
    button.click()
    expect(button).to_have_text("Go on")
    stood = bar.input_value()
    film.wait(1)
    assert bar.input_value() == stood
    button.click()
    film.wait(1)
    assert float(bar.input_value()) > float(stood)
    film.page.locator("[data-film-act=skip]").click()
    expect(button).to_have_text("Watch again")
    button.click()
    film.wait(0.5)
    expect(film.stage).to_have_attribute("data-filming", "")


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_without_motion_the_picture_stands_finished_with_its_arrivals_beside_it(shown, lang):
    film = shown(visit, lang, motion="reduce")
    expect(film.stage).not_to_have_attribute("data-filming", "")
    expect(film.page.locator(".outcome")).to_be_visible()
    arrivals = film.page.locator(".crmsim-film > .arrivals li:visible")
    assert arrivals.count() == film.page.locator(".node.lit").count() == 7


# How many dots of each colour, about: a dot has more than ten pixels of its full colour.
DOTS = """
(canvas, colours) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = colours.map(() => 0);
  for (let at = 0; at < data.length; at += 4) {
    const colour = "#" + [0, 1, 2].map((i) => data[at + i].toString(16).padStart(2, "0")).join("");
    const place = colours.indexOf(colour);
    if (place >= 0) found[place] += 1;
  }
  return found.map((pixels) => Math.floor(pixels / 10));
}
"""
LIVES_THERE = "#6fb1dc"


def dots_of(film) -> list[int]:
    """Customers of the beginning, and those who are won and lost, on the canvas."""
    colours = [LIVES_THERE, palette.GOOD.lower(), palette.BAD.lower()]
    return film.page.locator("canvas").evaluate(DOTS, colours)


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_dots_of_a_town_stand_on_a_canvas_and_come_at_their_second(bare, motion):
    market = load("buick-market").change(people=3000, years=1)
    run, base = simulate(market, lambda seen: {"capacity": 0.7}, seed=3), simulate(market, seed=3)
    film = bare(watch(run, base), motion)
    film.act()
    customers, won, lost = dots_of(film)
    assert customers > 500
    assert won + lost > 30
    expect(film.page.locator(".dots")).not_to_be_visible()
    expect(film.page.get_by_role("img", name="customers").first).to_be_visible()
    film.scrub(0.02)
    assert dots_of(film)[1:] == [0, 0]
    film.scrub(0.5)
    half = dots_of(film)
    assert 0 < sum(half[1:]) < won + lost
    film.act()
    assert dots_of(film) == half, "a screen that comes again leaves them"
    film.scrub(1.0)
    assert dots_of(film) == [customers, won, lost]


# Buttons that something else covers.
COVERED = """
stage => [...stage.querySelectorAll("button")]
  .filter(button => button.checkVisibility({ visibilityProperty: true }))
  .filter(button => {
    const { left, top, width, height } = button.getBoundingClientRect();
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    return !button.contains(there);
  })
  .map(button => button.outerHTML)
"""


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.long), "zh-Hans"])
def test_nothing_that_the_film_tells_covers_a_button(bare, lang):
    """Quarter after quarter of a history in which every lever is moved and much arrives."""
    film = bare(MarketPlay(MarketSession("southwest", 1, lang)))
    shapes = [("shape", f"{measure}=rises") for measure in MEASURES]
    film.act(("begin", ""), *shapes, ("lock", ""))
    seen = 0
    for _ in range(8):
        film.act(("next", ""))
        for _ in range(3):
            film.wait(0.8)
            seen += film.page.locator(".during-film li:not(.waiting)").count()
            assert film.stage.evaluate(COVERED) == []
    assert seen > 60

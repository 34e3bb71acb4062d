"""The film of the loop in a real browser, on a stage without a notebook."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from crmsim.course.sessions.market import MarketSession
from crmsim.course.sessions.predictions import GUESSED
from crmsim.course.sessions.visit import OPTIONS, VisitSession
from crmsim.widgets.market.play import MarketPlay
from crmsim.widgets.visit.play import Play

TRAITS = ("regions", "screen", "focus", "turn", "say", "title", "lang", "stuck")
PAGE = """<!doctype html><meta charset="utf-8"><style>%s</style>
<div id="stage" style="width: 1200px"></div>
<script type="module">
%s
let state = %s;
const heard = [];
const model = {
  get: (name) => state[name],
  on: (event, hear) => { if (event === "change") heard.push(hear); },
  off: () => {},
  send: () => {},
};
render({ model, el: document.getElementById("stage") });
window.change = (next) => { state = next; heard.forEach((hear) => hear()); };
window.ready = true;
</script>"""
SCRUB = """
(range, share) => {
  range.value = 1000 * share;
  range.dispatchEvent(new Event("input", { bubbles: true }));
}
"""
PICTURE = """
svg => svg.outerHTML.replace(/ style="[^"]*"/g, "").replace(/ (visibility|cx|cy)="[^"]*"/g, "")
"""


def visit(lang: str) -> tuple[Play, list[tuple[str, str]]]:
    """A visit, and the acts up to the one that shows the loop."""
    play = Play(VisitSession("buick", 1, lang))
    play.on_act("seat", "seller")
    while play.screen != "bet-profit":
        if play.screen == "visit":
            play.on_act("choose", play.session.view().on_offer[0].id)
        elif play.screen.startswith("bet-"):
            play.on_act("bet", OPTIONS[play.screen[4:]][0])
        else:
            play.on_act("continue", "")
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
def shown(browser, tmp_path, monkeypatch):
    """Show a game in a page, before and after the act that ends in a film."""
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path / "work"))
    pages = []

    def show(game, lang: str = "en", motion: str = "no-preference"):
        play, acts = game(lang)
        before = {name: getattr(play, name) for name in TRAITS}
        page = browser.new_page()
        pages.append(page)
        page.emulate_media(reduced_motion=motion)
        source = str(play._esm).replace("export default { render };", "")
        page.set_content(PAGE % (play._css, source, json.dumps(before).replace("</", "<\\/")))
        page.wait_for_function("window.ready")
        for act in acts:
            play.on_act(*act)
        page.evaluate("change", {name: getattr(play, name) for name in TRAITS})
        return page

    yield show
    for page in pages:
        page.close()


def week(page) -> int:
    """The week that the counter shows."""
    said = page.locator(".counter").text_content()
    return int("".join(c if c.isdigit() else " " for c in said).split()[0])


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
@pytest.mark.parametrize("game", [visit, firm])
def test_the_film_runs_by_itself_and_the_finding_comes_last(shown, game, lang):
    page = shown(game, lang)
    stage, finding = page.locator(".crmsim-stage"), page.locator(".outcome").first
    expect(stage).to_have_attribute("data-filming", "")
    expect(finding).not_to_be_visible()
    page.wait_for_function("document.querySelector('.film-bar input').value > 300")
    assert week(page) > 0
    expect(stage).not_to_have_attribute("data-filming", "", timeout=15_000)
    expect(finding).to_be_visible()
    assert page.evaluate("window.Plotly") is None


@pytest.mark.parametrize("game", [visit, firm])
def test_enter_skips_to_the_finished_picture_and_the_focus_goes_on(shown, game):
    page = shown(game)
    page.evaluate("document.querySelector('#film').focus()")
    page.keyboard.press("Enter")
    expect(page.locator(".crmsim-stage")).not_to_have_attribute("data-filming", "")
    expect(page.locator(":focus")).to_have_id("heading")
    assert page.locator(".travelling").count() == 0


def test_scrubbed_with_mouse_and_keys_it_stands_where_it_is_put(shown):
    page = shown(visit)
    bar = page.locator(".film-bar input")
    bar.evaluate(SCRUB, 1.0)
    finished = page.locator(".crmsim-loop").evaluate(PICTURE)
    weeks = []
    for share in (0.2, 0.5, 0.9):
        bar.evaluate(SCRUB, share)
        weeks.append(week(page))
    assert weeks == sorted(set(weeks))
    bar.focus()
    page.keyboard.press("ArrowLeft")
    assert week(page) <= weeks[-1]
    bar.evaluate(SCRUB, 0.3)
    assert page.locator(".node.waiting").count() > 0
    bar.evaluate(SCRUB, 1.0)
    assert page.locator(".crmsim-loop").evaluate(PICTURE) == finished


def test_paused_it_waits_and_goes_on_and_is_shown_again(shown):
    page = shown(visit)
    button = page.locator("[data-film-act=play]")
    expect(button).to_have_text("Pause")
    button.click()
    expect(button).to_have_text("Go on")
    stood = page.locator(".film-bar input").input_value()
    page.wait_for_timeout(300)
    assert page.locator(".film-bar input").input_value() == stood
    button.click()
    page.locator("[data-film-act=skip]").click()
    expect(button).to_have_text("Watch again")
    button.click()
    expect(page.locator(".crmsim-stage")).to_have_attribute("data-filming", "")


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_without_motion_the_picture_stands_finished_with_its_arrivals_beside_it(shown, lang):
    page = shown(visit, lang, motion="reduce")
    expect(page.locator(".crmsim-stage")).not_to_have_attribute("data-filming", "")
    expect(page.locator(".outcome")).to_be_visible()
    arrivals = page.locator(".crmsim-film > .arrivals li:visible")
    assert arrivals.count() == page.locator(".node.lit").count() == 7

"""Screens of games: axe-core finds nothing on any, and nothing of a visit is cut or small."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import expect

from crmsim.course.sessions.market import MEASURES, MarketSession
from crmsim.course.sessions.predictions import GUESSED
from crmsim.course.sessions.visit import OPTIONS, VisitSession
from crmsim.widgets.market.play import MarketPlay
from crmsim.widgets.visit.play import Play

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
FOUND = """
async () => {
  const { violations } = await axe.run("#stage", { rules: { region: { enabled: false } } });
  const say = (id, { html }) => `${id}: ${html.slice(0, 200)}`;
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => say(id, node)));
}
"""
# Letters too small, words cut off, and boxes that scroll inside the page.
FAULTS = """
stage => {
  const frame = stage.getBoundingClientRect();
  const shown = [...stage.querySelectorAll("*")].filter((element) => element.checkVisibility()
    && !element.closest(".crmsim-live, .crmsim-means, [data-at].waiting"));
  const say = (fault, element) => `${fault}: ${element.outerHTML.slice(0, 140)}`;
  const found = [];
  for (const element of shown) {
    const style = getComputedStyle(element);
    const texts = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
    const own = texts.some(({ nodeValue }) => nodeValue.trim());
    const drawn = element.closest("svg");
    const scale = drawn && element.getScreenCTM ? Math.abs(element.getScreenCTM().a) : 1;
    const least = drawn || element.closest(".ends") ? 12 : 14;
    if (own && parseFloat(style.fontSize) * scale < least - 0.05) found.push(say("small", element));
    const tall = element.scrollHeight > element.clientHeight + 1;
    if (!drawn && /auto|scroll/.test(style.overflowY) && tall) found.push(say("scrolls", element));
    const { left, right, width } = element.getBoundingClientRect();
    const out = width && (right > frame.right + 1 || left < frame.left - 1);
    const wide = style.overflow !== "visible" && element.scrollWidth > element.clientWidth + 1;
    if (own && (out || wide)) found.push(say("cut", element));
  }
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > window.innerWidth + 1) found.push("the page scrolls sideways");
  return found;
}
"""
SIZES = {
    "laptop": (1366, 768),
    "small laptop": (1024, 640),
    "magnified to 150 %": (911, 512),
}


def visit_acts(session: VisitSession) -> Iterator[tuple[str, str]]:
    """Go through a visit from both chairs to its second try."""
    yield "seat", "buyer"
    while session.phase != "felt":
        yield "reply", session.view().on_offer[0].id
    yield "seat", "seller"
    while session.phase != "compare":
        if session.phase == "visit":
            yield "choose", session.view().on_offer[-1].id
        elif session.phase.startswith("bet-"):
            yield "bet", OPTIONS[session.phase[4:]][0]
        elif session.phase == "loop" and session.scope == "floor":
            yield "scope", "one"
        elif session.phase == "loop":
            yield "rewind", "0"
        elif session.phase == "rewind":
            yield "choose", session.touchpoint(session.scenario().first).choices[0].id
        else:
            yield "continue", ""


def market_acts(session: MarketSession) -> Iterator[tuple[str, str]]:
    """Lead a firm for a quarter, and then to the end and into a second run."""
    while session.phase != "decide":
        open_rows = [measure for measure in MEASURES if measure not in session.shapes]
        if session.phase == "opening":
            yield "begin", ""
        elif session.phase == "foresee":
            yield ("shape", f"{open_rows[0]}=rises") if open_rows else ("lock", "")
        elif session.phase == "watch" and session.watched < len(session.history):
            yield "next", ""
        else:
            yield "continue", ""
    while session.phase != "end":
        if session.phase == "came":
            yield "continue", ""
        elif session.unanswered:
            yield "card", f"{session.unanswered[0]}={session.cards[0].options[0].id}"
        elif any(measure not in session.guess for measure in GUESSED):
            yield "guess", f"{next(m for m in GUESSED if m not in session.guess)}=higher"
        else:
            yield "run", ""
    yield "again", "8"


def game(make: Callable[[], Any], acts: Callable[[Any], Iterator[tuple[str, str]]]) -> Any:
    """Return a game, and a walk through its screens that stops at each kind once."""
    widget = make()

    def walk() -> Iterator[str]:
        seen = {widget.screen}
        yield widget.screen
        for act in acts(widget.session):
            widget.on_act(*act)
            kind = widget.screen + ("-one" if getattr(widget.session, "scope", "") == "one" else "")
            if kind not in seen:
                seen.add(kind)
                yield kind

    return widget, walk


GAMES: dict[str, Callable[[str], Any]] = {
    "visit": lambda lang: game(lambda: Play(VisitSession("buick", 1, lang)), visit_acts),
    "firm": lambda lang: game(
        lambda: MarketPlay(MarketSession("buick-market", 1, lang)), market_acts
    ),
    "airline": lambda lang: game(
        lambda: MarketPlay(MarketSession("southwest", 1, lang)), market_acts
    ),
}


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
@pytest.mark.parametrize("name", GAMES)
def test_axe_finds_nothing_on_any_screen_of_a_game(bare, name, lang):
    widget, walk = GAMES[name](lang)
    shown = bare(widget, motion="reduce")
    shown.page.clock.resume()
    shown.page.evaluate(AXE)
    found = {}
    for kind in walk():
        shown.act()
        found[kind] = shown.page.evaluate(FOUND)
    assert found
    assert {kind: faults for kind, faults in found.items() if faults} == {}


@pytest.mark.parametrize("size", SIZES)
def test_nothing_of_a_visit_is_cut_small_or_scrolled_at_any_size(bare, size):
    widget, walk = GAMES["visit"]("en")
    shown = bare(widget, motion="reduce")
    width, height = SIZES[size]
    shown.page.set_viewport_size({"width": width, "height": height})
    shown.page.evaluate("document.querySelector('#stage').style.width = 'auto'")
    found = {}
    for kind in walk():
        shown.act()
        shown.wait(1)
        found[kind] = shown.stage.evaluate(FAULTS)
    assert found
    assert {kind: faults for kind, faults in found.items() if faults} == {}


def test_a_term_is_explained_on_focus_hover_and_tap_and_escape_closes_it(bare):
    game = Play(VisitSession("buick", 1))
    game.on_act("seat", "seller")
    shown = bare(game)
    term = shown.stage.get_by_role("button", name="Empathy", exact=True)
    note = shown.page.get_by_role("tooltip")
    expect(note).to_have_count(0)

    term.focus()
    expect(note).to_have_text("Seeing this customer, and caring.")
    expect(term).to_have_accessible_description("Seeing this customer, and caring.")
    shown.page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    expect(term).to_be_focused()

    shown.stage.get_by_role("button", name="Reliability", exact=True).hover()
    expect(note).to_have_text("Doing what was promised, right and on time.")
    shown.page.mouse.move(2, 2)
    expect(note).to_be_hidden()
    term.click()
    expect(note).to_be_visible()
    shown.stage.locator("#heading").click()
    expect(note).to_be_hidden()

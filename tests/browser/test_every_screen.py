"""Every kind of screen: axe-core finds nothing, and nothing is cut, small, or scrolls.

A screen is visited once, and everything is looked at in that visit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from importlib.resources import files
from itertools import takewhile
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from playwright.sync_api import expect
from stage_page import play_to_the_last_bet, state_of

from crmsim import aftermath, check, gain, predict, simulate, watch, what_if
from crmsim.common.words import LANGUAGES, data_path
from crmsim.course import student
from crmsim.course.sessions.desk import RULED, DeskSession
from crmsim.course.sessions.market import MEASURES, MarketSession
from crmsim.course.sessions.predictions import GUESSED
from crmsim.course.sessions.visit import OPTIONS, VisitSession
from crmsim.exercises.declared import read_exercises
from crmsim.exercises.exercise import Exercise
from crmsim.exercises.gain import form_pairs
from crmsim.widgets.desk.play import DeskPlay
from crmsim.widgets.market.play import MarketPlay
from crmsim.widgets.passport import Passport
from crmsim.widgets.stage import HERE
from crmsim.widgets.terms import for_text
from crmsim.widgets.visit.play import Play

if TYPE_CHECKING:
    from stage_page import Bare

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
FOUND = """
async (rules) => {
  const only = rules ? { runOnly: rules } : { rules: { region: { enabled: false } } };
  const { violations } = await axe.run("#stage", only);
  const say = (id, { html }) => `${id}: ${html.slice(0, 200)}`;
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => say(id, node)));
}
"""
# Letters too small, words cut off, and boxes that scroll inside the page.
FAULTS = """
stage => {
  const frame = stage.getBoundingClientRect();
  const seen = { visibilityProperty: true };
  const shown = [...stage.querySelectorAll("*")].filter((element) => element.checkVisibility(seen)
    && !element.closest(".crmsim-live, .crmsim-means, [data-at].waiting"));
  const say = (fault, element) => `${fault}: ${element.outerHTML.slice(0, 140)}`;
  const found = [];
  for (const element of shown) {
    const style = getComputedStyle(element);
    const texts = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
    const own = texts.some(({ nodeValue }) => nodeValue.trim());
    const drawn = element.closest("svg");
    const scale = drawn && element.getScreenCTM ? Math.abs(element.getScreenCTM().a) : 1;
    const least = drawn ? 12 : 14;
    if (own && parseFloat(style.fontSize) * scale < least - 0.05) found.push(say("small", element));
    const tall = element.scrollHeight > element.clientHeight + 1;
    if (!drawn && /auto|scroll/.test(style.overflowY) && tall) found.push(say("scrolls", element));
    const { left, right, bottom, width } = element.getBoundingClientRect();
    const below = bottom > frame.bottom + 1;
    const out = width && (below || right > frame.right + 1 || left < frame.left - 1);
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
    "phone": (390, 844),
}
NOTEBOOK_PX = 120
"""Pixels beside a stage that JupyterLab needs: its side bar, the prompts and the scrollbar."""


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


def mystery_acts(session: VisitSession) -> Iterator[tuple[str, str]]:
    """Go through a visit as a mystery shopper."""
    yield "seat", "buyer"
    while session.phase != "felt":
        yield "reply", session.view().on_offer[-1].id


def market_acts(session: MarketSession) -> Iterator[tuple[str, str]]:
    """Lead a firm to the end, open every tab there, and lead it again for a reason."""
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
    for tab in session.tabs:
        yield "tab", tab
    yield from [("again", "8"), ("change", "complaints-as-chances")]
    for measure in session.EXPECTED:
        yield "expect", f"{measure}=higher"
    yield from [("attempt", ""), ("policy", "complaints-as-chances=on")]
    while session.phase != "end":
        yield ("continue", "") if session.phase == "came" else ("run_rest", "")


def history_acts(session: MarketSession) -> Iterator[tuple[str, str]]:
    """Go through the years before the player leads the firm."""
    yield from takewhile(lambda _: session.phase != "decide", market_acts(session))


def desk_acts(session: DeskSession) -> Iterator[tuple[str, str]]:
    """Lead a desk through a day, open every tab of its end, and lead it again for a reason."""
    yield "begin", ""
    for measure in RULED:
        yield "rule", f"{measure}=lower"
    yield from [("lock", ""), ("continue", ""), ("open", "fridge"), ("kind", "delivery")]
    yield from [("reply", "exchange"), ("by", "tomorrow"), ("send", ""), ("shut", "")]
    for card in session.scenario().cards[:2]:
        yield "card", f"{card.id}=on"
    yield from [("doors", ""), ("discipline", "sunset"), ("callbacks", "on"), ("run", "")]
    while session.phase != "end":
        for measure in session.asked:
            yield "guess", f"{measure}=higher"
        yield "run_on", ""
    for tab in session.tabs:
        yield "tab", tab
    yield from [("again", "0"), ("change", "checks")]
    for measure in session.EXPECTED:
        yield "expect", f"{measure}=higher"
    yield from [("attempt", ""), ("checks", "on"), ("run_on", ""), ("tab", "controls")]


def kind_of(widget: Any) -> str:
    """Name the kind of a screen; at a desk each tab and each state of a part is a kind."""
    session = widget.session
    if isinstance(session, MarketSession):
        ready = "ready" if session.plan and session.plan.change else ""
        parts = {"end": session.tab, "came": session.span, "again": ready}
        parts["decide"] = ("few", "tight", "many")[sum(len(session.levers) > n for n in (6, 8))]
        part = parts.get(widget.screen, "")
        return f"{widget.screen}-{part}-{'again' * bool(session.earlier)}"
    if not isinstance(session, DeskSession):
        return widget.screen + ("-one" if getattr(session, "scope", "") == "one" else "")
    state = {
        "box": f"{session.opened}-{len(session.sorting)}",
        "cards": f"{len(session.attempt.cards)}",
        "decide": "bet" if session.asked else "first" if not session.hour else "",
        "end": session.tab,
        "again": "ready" if session.plan and session.plan.change else "",
    }
    return f"{widget.screen}-{state.get(widget.screen, '')}-{'again' * bool(session.earlier)}"


def airline(lang: str) -> MarketPlay:
    return MarketPlay(MarketSession("southwest", 1, lang))


GAMES: dict[str, tuple[Callable[[str], Any], Callable[[Any], Iterator[tuple[str, str]]]]] = {
    "visit": (lambda lang: Play(VisitSession("buick", 1, lang)), visit_acts),
    "mystery visit": (
        lambda lang: Play(VisitSession("shopper", 7, lang, "daughter")),
        mystery_acts,
    ),
    "firm": (lambda lang: MarketPlay(MarketSession("buick-market", 1, lang)), market_acts),
    "airline": (airline, market_acts),
    "airline's history": (airline, history_acts),
    "desk": (lambda lang: DeskPlay(DeskSession("sunset", 3, lang)), desk_acts),
}
LONG_GAMES = {"airline"}
"""Games all of whose screens are of a kind that another game shows sooner."""


class Walk(NamedTuple):
    """Screens of each kind that a game has shown, and those with a film, by their names."""

    screens: dict[str, SimpleNamespace]
    films: dict[str, SimpleNamespace]


@cache
def walked(name: str, lang: str) -> Walk:
    """Go through a game once, and keep each kind of screen as it is when it first comes."""
    make, acts = GAMES[name]
    widget = make(lang)
    walk = Walk({widget.screen: screen_now(widget)}, {})
    for act in acts(widget.session):
        widget.on_act(*act)
        kind, film = kind_of(widget), film_of(widget, act)
        if kind not in walk.screens:
            walk.screens[kind] = screen_now(widget)
        if film and film not in walk.films:
            walk.films[film] = screen_now(widget)
    return walk


def screen_now(widget: Any) -> SimpleNamespace:
    """Keep what a page draws of a widget."""
    return SimpleNamespace(_esm=widget._esm, _css=widget._css, **state_of(widget))


def film_of(widget: Any, act: tuple[str, str]) -> str:
    """Name the film of a firm's screen that is looked at while it runs, if it has one."""
    session = widget.session
    if not isinstance(session, MarketSession) or session.earlier:
        return ""
    if widget.screen == "watch" and session.watched == 5:
        return "quarter of a history"
    if widget.screen == "came" and session.quarter in (1, 4):
        return f"quarter {session.quarter}"
    return f"{act[1]} of a game" if act in (("tab", "film"), ("tab", "town")) else ""


KINDS = ("choose", "draw", "explain", "function", "loop", "match", "number", "order", "plan")


MARKED = ("choose", "function", "loop", "match", "number", "order", "plan")
"""The kinds that are marked in the notebook without anything else."""


def exercise_of(kind: str) -> Exercise:
    """Return the first exercise of a kind, one with a key where there is one."""
    found = [task for task in all_declared() if task.kind == kind]
    return min(found, key=lambda task: bool(getattr(task, "prediction", False)))


def all_declared() -> list[Exercise]:
    folder = data_path("exercises")
    return [
        task for path in sorted(folder.glob("*.toml")) for task in read_exercises(path).values()
    ]


def asked(kind: str, lang: str) -> Any:
    """Return an exercise that is open."""
    return check(exercise_of(kind).id, lang=lang)


def marked(kind: str, lang: str) -> Any:
    """Return an exercise that has been answered and marked."""
    task = exercise_of(kind)
    if kind == "function":
        return check(task.id, lambda *numbers: sum(numbers), lang=lang)
    widget = check(task.id, lang=lang)
    widget.record["answer"] = task.right_answer
    widget.on_act("done", task.id)
    return widget


@contextmanager
def own_work() -> Iterator[None]:
    """A work folder of its own, so that nothing is kept for other screens."""
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setenv("CRMSIM_WORK", folder)
        yield


PREDICTED: dict[str, Callable[[Any, int], Any]] = {
    "choose": lambda task, at: task.options[at].id,
    "number": lambda task, at: (task.low, task.high)[at] / 2,
    "draw": lambda task, at: [(task.low, task.high)[at]] * task.quarters,
    "match": lambda task, at: {row.id: task.options[at].id for row in task.rows},
}
"""For each kind that can be a prediction: one of two answers."""


def told(kind: str, lang: str) -> Any:
    """Return a prediction that is set against what came."""
    task = next(
        task
        for task in all_declared()
        if task.kind == kind and getattr(task, "prediction", kind == "draw")
    )
    with own_work():
        widget = predict(task.id, lang=lang)
        widget.record["answer"] = PREDICTED[kind](task, 0)
        widget.keep()
        return check(task.id, came=PREDICTED[kind](task, 1), lang=lang)


def stamped(lang: str) -> Any:
    """Return the passport of a student who has played and answered."""
    with own_work():
        student.enter("2026001", "Zoë O’Brien-Featherstonehaugh")
        for kind in ("choose", "match", "order"):
            marked(kind, lang)
        Play(VisitSession("buick", 1, lang)).on_act("seat", "buyer")
        return Passport(lang)


def gained(lang: str) -> Any:
    """Return the table of what has changed."""
    with own_work():
        for place, pair in enumerate(form_pairs()):
            for task, right in ((pair.before, place % 2), (pair.after, place % 3)):
                wrong = next(option.id for option in task.options if option.slip)
                predict(task.id, lang=lang).on_act("answer", task.key if right else wrong)
        table = gain(lang)
        table.on_act("show", "")
        assert "ex-gain" in table.regions["exercise"]
        return table


def closed(lang: str) -> Any:
    """Return a game that is closed until a bet is made."""
    return Play(VisitSession("buick", 2, lang), after="10-bet-floor")


def watched(lang: str) -> Any:
    visit = simulate("buick", seed=4)
    other = what_if(visit, 3, "why-it-shudders")
    return watch(aftermath(other), aftermath(visit), lang)


STILL: dict[str, Callable[[str], Any]] = {
    **{f"{kind}, open": partial(asked, kind) for kind in (*KINDS, "journal")},
    **{f"{kind}, marked": partial(marked, kind) for kind in MARKED},
    **{f"{kind}, told": partial(told, kind) for kind in PREDICTED},
    "passport": Passport,
    "passport, stamped": stamped,
    "gain, open": gain,
    "gain, told": gained,
    "lock": closed,
    "watching": watched,
}
"""Screens that are no game, each by what it shows."""


@pytest.fixture
def screen(bare) -> Callable[[Any], Bare]:
    """A function that shows a widget where axe runs, and everything that moves is at rest."""

    def show(widget: Any) -> Bare:
        shown = bare(widget, motion="reduce", touch=True)
        shown.page.clock.resume()
        shown.page.evaluate(AXE)
        return shown

    return show


def dressed(shown: Bare, theme: str) -> None:
    """Give the page the theme of JupyterLab."""
    shown.page.emulate_media(color_scheme=theme)
    colour = {"light": "#ffffff", "dark": "#111111"}[theme]
    shown.page.evaluate(
        """([theme, colour]) => {
          document.body.dataset.jpThemeLight = theme === "light";
          document.body.style.background = colour;
        }""",
        [theme, colour],
    )


def faults_at_every_size(shown: Bare) -> dict[str, list[str]]:
    """Return what is cut, small or scrolled, by the size of the window."""
    found = {}
    for name, (width, height) in SIZES.items():
        shown.page.set_viewport_size({"width": width, "height": height})
        beside = 0 if name == "phone" else NOTEBOOK_PX
        shown.page.evaluate(
            "width => document.querySelector('#stage').style.width = `${width}px`",
            width - beside - 16,
        )
        shown.wait(0.2)
        if faults := shown.stage.evaluate(FAULTS):
            found[name] = faults
    return found


def faults_of(shown: Bare) -> list[Any]:
    """Return what is wrong with a screen: what axe finds by day and by night, and what is cut."""
    dressed(shown, "light")
    found = shown.page.evaluate(FOUND)
    dressed(shown, "dark")
    found += shown.page.evaluate(FOUND, ["color-contrast"])
    return [*found, *faults_at_every_size(shown).items()]


def in_one_language(first: str, names: Iterable[str]) -> list[Any]:
    """Each name in a language, and in the other one and a long game too when there is time."""
    return [
        pytest.param(
            name,
            lang,
            marks=[] if lang == first and name not in LONG_GAMES else [pytest.mark.long],
        )
        for name in names
        for lang in LANGUAGES
    ]


@pytest.mark.parametrize(("name", "lang"), in_one_language("en", GAMES))
def test_on_no_screen_of_a_game_axe_finds_anything_or_is_anything_cut_or_small(screen, name, lang):
    screens = walked(name, lang).screens
    shown = screen(next(iter(screens.values())))
    found = {}
    for kind, shown.widget in screens.items():
        shown.act()
        found[kind] = faults_of(shown)
    assert len(found) > (2 if name in ("mystery visit", "airline's history") else 4)
    assert {kind: faults for kind, faults in found.items() if faults} == {}


@pytest.mark.parametrize("lang", ["en", pytest.param("zh-Hans", marks=pytest.mark.long)])
def test_nor_on_exercises_passport_lock_and_what_is_watched(screen, lang):
    shown = screen(next(iter(STILL.values()))(lang))
    found = {}
    for name, make in STILL.items():
        shown.show(make(lang))
        found[name] = faults_of(shown)
    assert len(found) == len(STILL)
    assert {name: faults for name, faults in found.items() if faults} == {}


def films(lang: str) -> Iterator[tuple[str, Any]]:
    """Return games at each kind of film, by the name of the film."""
    visit = Play(VisitSession("buick", 1, lang))
    visit.on_act("seat", "seller")
    play_to_the_last_bet(visit)
    visit.on_act("bet", "higher")
    yield "loop of a visit", visit
    visit.on_act("scope", "one")
    yield "town of a visit", visit
    yield from walked("airline's history", lang).films.items()
    yield from walked("firm", lang).films.items()


@pytest.mark.parametrize("lang", ["en", pytest.param("zh-Hans", marks=pytest.mark.long)])
def test_nothing_of_a_film_is_cut_or_small_at_any_size_while_it_runs(bare, lang):
    found = {}
    for name, game_with_film in films(lang):
        shown = bare(game_with_film, touch=True)
        shown.act()
        for share in (0.2, 0.6):
            shown.scrub(share)
            expect(shown.stage).to_have_attribute("data-filming", "")
            found[name, share] = faults_at_every_size(shown)
        shown.page.close()
    assert len(found) == 14
    assert {name: faults for name, faults in found.items() if faults} == {}


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


LESSON = """
<div class="jp-Notebook">
<div class="jp-Cell jp-MarkdownCell" data-windowed-list-index="4"><div class="jp-RenderedMarkdown">
<h2>The sunset rule</h2><p>Here the sunset rule stands, and the Sunset Rule again.</p></div></div>
<div class="jp-Cell stands-here" data-windowed-list-index="5"></div>
</div>
"""
EARLIER = """
<div class="jp-Cell jp-MarkdownCell" data-windowed-list-index="2"><div class="jp-RenderedMarkdown">
<p>Further up: <a href="#x">sunset rule</a>, <code>sunset rule</code>, the <b>sunset rule</b>.</p>
</div></div>
"""


def test_a_term_is_explained_in_the_text_of_a_lesson_where_it_first_stands(bare):
    shown = bare(Play(VisitSession("buick", 1)))
    page = shown.page
    for name in ("terms.js", "figures.js"):
        page.add_script_tag(content=(HERE / name).read_text("utf-8"))
    page.evaluate(
        """([lesson, terms]) => {
          document.body.insertAdjacentHTML("beforeend", lesson);
          const notebook = document.querySelector(".jp-Notebook");
          explainTerms(notebook.querySelector(".stands-here"), () => markLesson(notebook, terms));
        }""",
        [LESSON, for_text("en")],
    )
    marks = page.locator(".jp-Notebook abbr")
    assert marks.all_inner_texts() == ["sunset rule"]
    term, note = marks.first, page.get_by_role("tooltip")
    term.focus()
    expect(note).to_have_text("Everybody hears from us before the sun goes down.")
    expect(term).to_have_accessible_description("Everybody hears from us before the sun goes down.")
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    term.blur()
    term.hover()
    expect(note).to_be_visible()
    page.mouse.move(2, 2)
    expect(note).to_be_hidden()

    page.evaluate(
        "html => document.querySelector('.jp-Notebook').insertAdjacentHTML('afterbegin', html)",
        EARLIER,
    )
    expect(page.locator(".jp-Notebook b > abbr")).to_have_text("sunset rule")
    expect(marks).to_have_count(1)

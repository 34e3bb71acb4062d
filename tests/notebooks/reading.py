"""A bot that goes through a lesson as a student does, and counts the seconds."""

from __future__ import annotations

import ast
import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from crmsim.authoring.build_lessons import NOTEBOOKS, read_source, without_solution
from crmsim.course.sessions.desk import RULED, DeskSession
from crmsim.course.sessions.market import MarketSession
from crmsim.course.sessions.predictions import DIRECTIONS, GUESSED, MEASURES, SHAPES
from crmsim.course.sessions.visit import OPTIONS, VisitSession
from crmsim.widgets.exercises.gain import GainTable
from crmsim.widgets.exercises.marked import MarkedQuestion
from crmsim.widgets.exercises.outcome import PredictionOutcome
from crmsim.widgets.exercises.prediction import Sheet
from crmsim.widgets.exercises.question import Question
from crmsim.widgets.locks import Closed
from crmsim.widgets.passport import Passport
from crmsim.widgets.saved import Kept

WORDS_MIN, SIGNS_MIN = 200, 300
"""English words, and Chinese characters, read in a minute."""

GO_ON_S, CHOICE_S, ROW_S, LOOK_S, DRAW_S, SUM_S, WRITE_S = 3, 10, 40, 20, 30, 60, 240
PLANS = 4
"""Seconds to go on, to choose, to sort a row, to look at a table or figure, to draw a curve, to do
a sum, and to write some sentences; and how many plans are tried."""

CORE = "◆"
"""End of the heading of a section that belongs to the core of 45 minutes."""

WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*")
SIGN = re.compile(r"[㐀-鿿]")
HIDDEN = {"style", "script", "title", "desc", "defs"}
FILM = re.compile(r'"seconds": ([\d.]+)')
TAG = re.compile(r"<[^>]*>|\]\([^)]*\)|\(data:[^)]*\)")
BOTH = re.compile(r"\[\[(.*?)\|(.*?)\]\]")


class _Visible(HTMLParser):
    """The pieces of text of a page that can be seen."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in HIDDEN

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.pieces.append(" ".join(data.split()))


def reading_s(text: str, lang: str) -> float:
    """Return the seconds that a text takes to read."""
    words = len(WORD.findall(text))
    if lang == "en":
        return 60 * words / WORDS_MIN
    return 60 * (len(SIGN.findall(text)) + words) / SIGNS_MIN


@dataclass
class Part:
    """A cell of a lesson with the seconds that it took."""

    cell: str
    section: str
    core: bool
    seconds: float = 0


@dataclass
class Bot:
    """A student who reads every new text once, and decides without long thought."""

    lang: str
    seen: set[str] = field(default_factory=set)
    seconds: float = 0

    def page(self, *pages: str) -> None:
        """Read what is new on a screen, and watch its film."""
        for page in pages:
            for piece in _Visible(page).pieces:
                plain = re.sub(r"[\d,.−+%]+", "0", piece)
                if plain not in self.seen:
                    self.seen.add(plain)
                    self.seconds += reading_s(piece, self.lang)
            film = FILM.search(html.unescape(page))
            if film and page not in self.seen:
                self.seen.add(page)
                self.seconds += float(film[1])

    def do(self, stage: Any, act: str, value: str, seconds: float) -> None:
        """Do an act on a stage, and read what it shows."""
        stage.on_act(act, value)
        self.seconds += seconds
        self.page(*stage.regions.values())

    # --- exercises -----------------------------------------------------------------------------

    def exercise(self, asked: Question) -> None:
        """Read a question, answer it, and read what is said to that."""
        task = asked.task
        self.page(*asked.regions.values())
        if task.BY_CALLS or isinstance(asked, PredictionOutcome):
            return
        answer, seconds = answered(task)
        asked._take(answer)
        asked.keep()
        self.seconds += seconds
        if isinstance(asked, MarkedQuestion) and not task.BY_PERSON:
            self.do(asked, "done", task.id, GO_ON_S)
            assert asked.mark.verdict == "right", task.id
        self.page(*asked.regions.values())

    # --- games ---------------------------------------------------------------------------------

    def game(self, stage: Kept) -> None:
        """Play on: one visit from one role, or a firm from the first quarter to the last."""
        self.page(*stage.regions.values())
        begun = stage.session.phase
        for turn in range(500):
            session = stage.session
            act = PLAYERS[type(session)](session, turn, begun)
            if act is None:
                return
            before = len(session.acts)
            self.do(stage, *act)
            assert len(stage.session.acts) > before, (session.phase, act)
        raise AssertionError("the game came to no end")


def answered(task: Any) -> tuple[Any, float]:
    """Return an answer that the task takes, the right one where there is one, and its seconds."""
    if task.kind == "draw":
        return [task.given[-1]] * task.quarters, DRAW_S
    if task.kind == "journal":
        coded = {code.id: code.options[0].id for code in task.codes}
        form = {place: coded.get(place.partition("-")[2], "Some words.") for place in task.places}
        return form, ROW_S * task.stories
    if task.kind == "explain":
        return "Some sentences.", WRITE_S
    if task.prediction and task.kind == "match":
        marks = {row.id: task.options[-1].id for row in task.rows}
        return marks, ROW_S * len(marks)
    if task.prediction:
        return (task.options[0].id if task.kind == "choose" else "0"), CHOICE_S
    places = {"match": ROW_S, "order": ROW_S, "loop": CHOICE_S}
    if task.kind in places:
        return task.right_answer, places[task.kind] * len(task.right_answer)
    if task.kind == "plan":
        return task.right_answer, PLANS * (CHOICE_S * len(task.groups) + LOOK_S)
    if task.kind == "number":
        return f"{task.key:.15g}", SUM_S
    return task.right_answer, CHOICE_S


def visited(session: VisitSession, turn: int, begun: str) -> tuple[str, str, float] | None:
    """Return the next act in a visit: as the buyer, then in the next cell as the seller.

    All games but the Buick of lesson 10 are played in both roles in one cell; the bus
    is driven once, after its first ride.
    """
    both = session.case in BOTH_ROLES and session.persona != "planner"
    match session.phase:
        case "opening":
            served = (session.case, session.persona) in SERVED_ONLY
            return "seat", f"seat={'seller' if served else 'buyer'}", GO_ON_S
        case "felt":
            if session.scenario().mystery or (begun == "opening" and not both):
                return None
            return "seat", "seat=seller", GO_ON_S
        case "visit":
            offers = session.view().on_offer
            offer = offers[turn % len(offers)]
            return "choose", f"choose={offer.id}", CHOICE_S
        case "verdict" | "tries":
            if (
                session.phase == "verdict"
                and "profit" not in session.bets
                and session.scenario().then
            ):
                return "continue", "", GO_ON_S
            if session.step is None:
                return "rewind", "rewind=0", GO_ON_S
            return None
        case "rewind":
            place = session.touchpoint(session.visit.view.journey[session.step].touchpoint)
            other = [c.id for c in place.choices if c.id != session.actions["seller"][session.step]]
            return "choose", f"choose={other[0]}", CHOICE_S
        case "loop":
            return ("rewind", "rewind=0", GO_ON_S) if session.step is None else None
        case "compare":
            return None
    topic = session.phase.removeprefix("bet-")
    return "bet", f"bet={OPTIONS[topic][turn % len(OPTIONS[topic])]}", CHOICE_S


def led(session: MarketSession, turn: int, begun: str) -> tuple[str, str, float] | None:
    """Return the next act in a firm: every card answered, every bet made, a lever a quarter."""
    match session.phase:
        case "opening":
            return "begin", "", GO_ON_S
        case "foresee":
            left = [measure for measure in MEASURES if measure not in session.shapes]
            if not left:
                return "lock", "", GO_ON_S
            return "shape", f"{left[0]}={list(SHAPES)[turn % len(SHAPES)]}", CHOICE_S
        case "watch" if session.watched < len(session.history):
            return "next", "", GO_ON_S
        case "end":
            return None
        case "decide":
            if session.unanswered:
                options = session.cards[0].options
                choice = options[turn % len(options)].id
                return "card", f"{session.unanswered[0]}={choice}", CHOICE_S
            left = [measure for measure in GUESSED if measure not in session.guess]
            if left:
                return "guess", f"{left[0]}={DIRECTIONS[turn % 3]}", CHOICE_S
            if "levers" in session.tabs and session.tab != "levers":
                return "tab", "tab=levers", GO_ON_S
            lever = session.levers[session.quarter % len(session.levers)]
            now = session.view.decision[lever.id]
            if lever.id not in session.draft and now != lever.high:
                return "lever", f"{lever.id}={lever.high:g}", CHOICE_S
            return "run", "", GO_ON_S
    return "continue", "", GO_ON_S


def staffed(session: DeskSession, turn: int, begun: str) -> tuple[str, str, float] | None:
    """Return the next act at a desk: answer what there is time for, then decide every hour."""
    match session.phase:
        case "opening":
            return "begin", "", GO_ON_S
        case "foresee":
            left = [measure for measure in RULED if measure not in session.rules]
            return ("rule", f"{left[0]}=lower", CHOICE_S) if left else ("lock", "", GO_ON_S)
        case "reckoning":
            return "continue", "", GO_ON_S
        case "box":
            return answered_next(session)
        case "cards":
            ids = [card.id for card in session.scenario().cards]
            if session.hand_full:
                return "doors", "", GO_ON_S
            return "card", f"{ids[len(session.attempt.cards)]}=on", CHOICE_S
        case "decide":
            left = [measure for measure in session.asked if measure not in session.bet]
            if left:
                return "guess", f"{left[0]}={DIRECTIONS[turn % 3]}", CHOICE_S
            if "agents" not in session.draft:
                return "lever", f"agents={session.staffing['agents']}", CHOICE_S
            return "run", "", GO_ON_S
        case "end" if session.tab != session.tabs[-1]:
            ahead = session.tabs[session.tabs.index(session.tab) + 1]
            return "tab", f"tab={ahead}", LOOK_S
    return None


LATER_DAYS: dict[tuple[str, str], tuple[str, dict[int, list[tuple[str, str]]]]] = {
    ("21", "leak"): ("checks", {0: [("checks", "on")]}),
    ("21", "puzzle"): (
        "agents",
        {
            0: [("discipline", "sunset"), ("callbacks", "on")],
            4: [("lever", "agents=6")],
            5: [("lever", "agents=4")],
        },
    ),
}
"""Texts that ask for another day at the desk: what is changed, and the acts of each hour."""


def another_day(bot: Bot, stage: Kept, change: str, acts: dict[int, list[tuple[str, str]]]) -> None:
    """Lead the desk again from the first hour on for a reason, and look at what came of it."""
    session = stage.session
    bot.do(stage, "again", "0", GO_ON_S)
    bot.do(stage, "change", change, CHOICE_S)
    for measure in session.EXPECTED:
        bot.do(stage, "expect", f"{measure}=same", CHOICE_S)
    bot.do(stage, "attempt", "", GO_ON_S)
    while session.phase != "end":
        for act in acts.get(session.hour, []):
            bot.do(stage, *act, CHOICE_S)
        more = any(hour > session.hour for hour in acts)
        bot.do(stage, "run" if more else "run_on", "", GO_ON_S)
    for tab in ("controls", "decisions"):
        bot.do(stage, "tab", tab, LOOK_S)


def answered_next(session: DeskSession) -> tuple[str, str, float]:
    """Return the next act at the box of the morning."""
    message = session.message
    if message is None or not any(session.time_for(reply.id) for reply in message.replies):
        left = [
            each.id for each in session.scenario().messages if each.id not in session.attempt.read
        ]
        if left and session.seconds_left >= session.scenario().numbers.read_s:
            return "open", left[0], GO_ON_S
        return "shut", "", GO_ON_S
    if "kind" not in session.sorting:
        return "kind", message.kind, CHOICE_S
    if "reply" not in session.sorting:
        can = [reply.id for reply in message.replies if session.time_for(reply.id)]
        return "reply", can[-1], CHOICE_S
    if not session.complete:
        return "by", "sunset", CHOICE_S
    return "send", "", GO_ON_S


BOTH_ROLES = {
    *("showroom", "tea", "photo", "at-once", "dongle", "dress", "clerk", "hiring", "intern"),
    *("bus", "buick-complaint", "parcel", "win-back"),
}
"""Games played in both roles in one cell."""

SERVED_ONLY = {("parcel", None), ("buick-complaint", "zhou-min")}
"""Games, with their customer, that lesson 20 asks to be played from the other side only."""

PLAYERS: dict[type, Any] = {VisitSession: visited, MarketSession: led, DeskSession: staffed}
"""Ways in which the bot plays each kind of game."""

# --- a lesson ------------------------------------------------------------------------------------


def walked(number: str, lang: str) -> list[Part]:
    """Go through a lesson; return its cells with the seconds that each took.

    Figures and tables are looked at, functions left to those who like to write them.
    """
    (path,) = NOTEBOOKS.glob(f"source/{number}-*.md")
    names: dict[str, Any] = {}
    bot, parts, section, core = Bot(lang), [], "", True
    for cell in read_source(path):
        if cell.kind == "note":
            continue
        text = cell.text(lang)
        before = bot.seconds
        if cell.kind == "code":
            shown = run(without_solution(text), names)
            if not cell.folded:
                bot.seconds += reading_s(without_solution(text), "en")
            for thing in shown:
                meet(bot, thing)
        elif cell.kind == "picture":
            side = 1 if lang == "en" else 2
            svg = BOTH.sub(lambda words, side=side: words[side], cell.en).split("\n", 1)[1]
            bot.page(svg)
        else:
            for heading in re.findall(r"^##+ (.*)$", text, re.M):
                section, core = heading, heading.endswith(CORE)
            if (number, cell.id) in LATER_DAYS:
                attempts = len(names["day"].session.attempts)
                another_day(bot, names["day"], *LATER_DAYS[number, cell.id])
                assert len(names["day"].session.attempts) == attempts + 1
            bot.seconds += GO_ON_S * text.count("<details>")
            bot.seconds += reading_s(TAG.sub(" ", text), lang)
        parts.append(Part(cell.id, section, core, bot.seconds - before))
    return parts


def run(code: str, names: dict[str, Any]) -> list[Any]:
    """Run a cell; return what it shows."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    if last is None:
        return []
    shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    return list(shown) if isinstance(shown, Sheet) else [shown]


def meet(bot: Bot, thing: Any) -> None:
    """Do what a student does with something that a cell shows."""
    assert not isinstance(thing, Closed), "something was not answered before"
    if isinstance(thing, Question):
        bot.exercise(thing)
    elif isinstance(thing, Kept):
        bot.game(thing)
    elif isinstance(thing, GainTable):
        bot.do(thing, "show", "", GO_ON_S)
    elif isinstance(thing, Passport):
        bot.page(*thing.regions.values())
        bot.seconds += CHOICE_S
    elif thing is not None:
        bot.seconds += LOOK_S

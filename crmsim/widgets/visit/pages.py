"""What each moment of a session looks like: session in, HTML regions out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crmsim.common.numbers import money, number
from crmsim.course.sessions.visit import OPTIONS, PROFIT, REWINDS, VisitSession
from crmsim.model.visit import View
from crmsim.runs.run import replay, simulate
from crmsim.scenario import DIMENSIONS
from crmsim.scenario.encounter import EncounterScenario
from crmsim.widgets.drawings import drawings, faces
from crmsim.widgets.numbers import mood_words, words_of
from crmsim.widgets.rendering import render
from crmsim.widgets.visit import firm_pages, firm_runs

Text = Callable[..., str]
Context = dict[str, Any]

SAME_FELT, MUCH_FELT = 0.1, 0.5
"""Points of satisfaction within which it is 'about the same', and beyond which it is 'much'."""


def _visit_screen(middle: str) -> dict[str, str]:
    return {"left": "person", "middle": middle, "right": "gaps", "why": "why", "foot": "journey"}


SCREENS: dict[str, dict[str, str]] = {
    "opening": {"left": "meet", "middle": "opening", "right": "how", "foot": "journey"},
    "visit": _visit_screen("scene"),
    "rewind": _visit_screen("scene"),
    "felt": _visit_screen("felt"),
    **{f"bet-{topic}": _visit_screen("bet") for topic in OPTIONS},
    "tries": _visit_screen("tries"),
    "verdict": _visit_screen("verdict"),
    "loop": {"left": "story", "middle": "ring", "right": "tanks"},
    "compare": {"left": "story", "middle": "ring", "right": "tanks"},
}


def regions(session: VisitSession, asking: str = "", note: str = "") -> dict[str, str]:
    """The regions of the present screen."""
    context = _context(session, asking, note)
    parts = {"head": "head"} | SCREENS[session.phase] | ({"note": "note"} if note else {})
    return {region: render(part, context) for region, part in parts.items()}


def poster(session: VisitSession) -> Context:
    """What is seen of a case before it is first run."""
    view, scenario, lang = session.view(), session.scenario(), session.lang
    return {
        "lang": lang,
        "title": scenario.title[lang],
        "summary": scenario.summary[lang],
        "face": faces.face(0.25, view.look, view.name),
    }


def _context(session: VisitSession, asking: str, note: str) -> Context:
    scenario = session.scenario()
    t = words_of(scenario, session.lang)
    context: Context = {
        "t": t,
        "lang": session.lang,
        "scenario": scenario,
        "title": scenario.title[session.lang],
        "seat": session.seat,
        "asking": asking,
        "note": note,
        "begun": session.phase != "opening",
    }
    if session.phase in ("loop", "compare"):
        return context | _head(session, session.view("seller"), t) | firm_pages.context(session, t)
    view = session.second.view if session.phase == "tries" else _shown(session)
    context |= _head(session, view, t) | _person(session, view, t) | _gaps(session, view, t)
    return context | _journey(session, t) | _MIDDLE[session.phase](session, view, t)


def _shown(session: VisitSession) -> View:
    """What is seen: the present moment, or the end of the visit that is being rewound."""
    after = session.phase in ("verdict", "rewind", "tries", "bet-profit", *REWINDS)
    return session.view("seller" if after else session.seat)


def _head(session: VisitSession, view: View, t: Text) -> Context:
    lang, currency = session.lang, session.scenario().currency
    over = view.minutes > view.patience_min
    used = t("play.head.minutes", used=round(view.minutes), patience=round(view.patience_min))
    meters = [{"text": used, "over": over}]
    if (
        session.seat == "seller"
        and session.phase != "opening"
        and firm_pages.has_money(view, session)
    ):
        key, amount = ("earned", view.earned) if view.ending else ("cost", view.cost)
        text = t(f"play.head.{key}", amount=money(amount, currency, t))
        meters.append({"text": text, "over": amount < 0})
    chair = {"opening": "opening", "loop": "after", "compare": "after"}.get(
        session.phase, session.seat
    )
    return {
        "chair": t(f"play.chair.{chair}", server=t("play.server")),
        "meters": [] if session.phase in ("opening", "loop", "compare") else meters,
        "person": view,
        "view": view,
        "lang": lang,
    }


def _person(session: VisitSession, view: View, t: Text) -> Context:
    """Who sits opposite: the salesperson for a buyer, the customer for a salesperson."""
    buyer = session.seat == "buyer" and session.phase != "opening"
    last = view.journey[-1] if view.journey else None
    feeling = t(f"play.mood.{mood_words(view.mood)}")
    name = t("play.visit.opposite", server=t("play.server")) if buyer else view.name
    face = faces.face(
        0.3 if buyer else 0.25 if session.phase == "opening" else view.mood,
        "sales" if buyer else view.look,
        f"{name}, {feeling}",
    )
    line = view.salesperson if buyer else view.says
    if session.phase in ("bet-sale", "bet-profit", "rewind", *REWINDS):
        line = ""
    return {
        "face": face,
        "opposite": name,
        "mood": "" if buyer else feeling,
        "stage": view.stage or "after",
        "reaction": last.answer if last else "",
        "line": line,
    }


def _gaps(session: VisitSession, view: View, t: Text) -> Context:
    buyer = session.seat == "buyer" and session.phase not in ("opening", "verdict")
    last = view.journey[-1] if view.journey else None
    labels = {d: t(f"model.dimension.{d}") for d in DIMENSIONS}
    name = "; ".join(
        t(
            "play.visit.gap_item",
            label=labels[d],
            expected=round(100 * view.expected[d]),
            perceived=round(100 * view.perceived[d]),
        )
        for d in DIMENSIONS
    )
    before = session.before if session.phase in ("visit", "bet-sale", "bet-talk", "felt") else None
    moved = {d: view.perceived[d] - before[d] for d in DIMENSIONS} if before else {}
    feeling = t(f"play.mood.{mood_words(view.mood)}")
    you = t("play.visit.you", name=view.name)
    return {
        "gaps": drawings.gap_bars(view.expected, view.perceived, labels, moved, name, 272),
        "gaps_title": you if buyer else t("play.visit.gaps"),
        "small_face": faces.face(view.mood, view.look, f"{you}, {feeling}") if buyer else "",
        "satisfaction": t("play.visit.of_five", level=number(view.satisfaction, 1)),
        "why_label": t("play.visit.why") if last else "",
        "why": last.why if last else t(f"play.visit.why_{session.seat}", server=t("play.server")),
    }


def _journey(session: VisitSession, t: Text) -> Context:
    view = _shown(session)
    over = view.ending is not None
    ahead = [title for _, title in view.ahead]
    emotions = [step.emotion for step in view.journey]
    places = drawings.journey_points(emotions, len(ahead), over)
    points = []
    labels = [step.title for step in view.journey] + ([] if over else [view.title]) + ahead
    for i, ((_, y), label) in enumerate(zip(places, labels, strict=True)):
        state = "past" if i < len(emotions) else "now" if i == len(emotions) else "ahead"
        name = label
        if state == "past":
            name = t(
                "play.visit.point", title=label, mood=t(f"play.mood.{mood_words(emotions[i])}")
            )
        elif state == "now":
            name = t("play.visit.now", title=label)
        chosen = session.phase in ("rewind", *REWINDS) and i == session.step
        points.append(
            {
                "state": "past chosen" if chosen else state,
                "y": round(y, 1),
                "label": label,
                "name": name,
                "act": state == "past",
                "hint": t("play.visit.back"),
            }
        )
    summary = "; ".join(f"{p['label']}" for p in points[: len(emotions)]) or t("play.visit.journey")
    return {"curve": drawings.journey(emotions, len(ahead), summary, over), "points": points}


# --- the middle of each screen -----------------------------------------------------------------


def _opening(session: VisitSession, view: View, t: Text) -> Context:
    return {"summary": session.scenario().summary[session.lang]}


def _visit(session: VisitSession, view: View, t: Text) -> Context:
    buyer = session.seat == "buyer"
    currency = session.scenario().currency
    cards = [
        {
            "id": offer.id,
            "text": offer.text,
            "notes": [] if buyer else _price(offer.minutes, offer.cost, currency, t),
            "first": False,
            "off": False,
        }
        for offer in view.on_offer
    ]
    return {
        "moment": view,
        "stage_name": t(f"model.stage.{view.stage}") if session.scenario().sells else "",
        "cards": cards,
        "act": "reply" if buyer else "choose",
        "own_line": view.says if buyer else "",
        "settled": _settled(session, view, t),
        "cancel": "",
    }


def _price(minutes: float | None, cost: float | None, currency: str, t: Text) -> list[str]:
    minutes_said = t("play.visit.card", minutes=round(minutes or 0))
    return [minutes_said, money(cost, currency, t)] if cost else [minutes_said]


def _settled(session: VisitSession, view: View, t: Text) -> str:
    """The bet on the sale against what came, shown at the moment after it."""
    outcome = session.outcomes.get("sale") if session.seat == "seller" else None
    gates = [i for i, s in enumerate(view.journey) if _gate(session, s.touchpoint)]
    if not outcome or "sale" not in session.bets or gates[-1] != len(view.journey) - 1:
        return ""
    guess = session.bets["sale"]
    named = verdict("sale", guess, outcome, t)
    return t("play.verdict.settled", name=named, line=_line(guess, outcome, t))


def _gate(session: VisitSession, place: str) -> bool:
    touchpoint = session.touchpoint(place)
    return touchpoint is not None and touchpoint.gate is not None


def _felt(session: VisitSession, view: View, t: Text) -> Context:
    best = max(view.journey, key=lambda step: step.emotion)
    worst = min(view.journey, key=lambda step: step.emotion)
    return {
        "outcome": _left_as(view, t),
        "best": {"label": t("play.felt.best", title=best.title), "text": best.act},
        "worst": {"label": t("play.felt.worst", title=worst.title), "text": worst.act},
    }


def _left_as(view: View, t: Text) -> str:
    """How the visit ended for the customer: with or without the purchase, if there was one."""
    if "buys" not in view.decision:
        return view.ending_text
    return t("play.felt.bought" if view.decision["buys"] else "play.felt.left")


def _bet(session: VisitSession, view: View, t: Text) -> Context:
    topic = session.phase.removeprefix("bet-")
    place = session.touchpoint(view.touchpoint)
    pending = (
        place.choice(session.pending) if topic == "sale" and place and session.pending else None
    )
    title = _shown(session).journey[session.step].title if session.step is not None else ""
    return {
        "question": t(
            f"play.bet.{topic}", name=view.name, years=_years(session.scenario()), title=title
        ),
        "quote": pending.does[session.lang] if pending else "",
        "quote_label": t("play.bet.sale_did"),
        "options": [{"id": key, "text": t(f"play.bet.{key}")} for key in OPTIONS[topic]],
        "hint": _scale(topic, t),
    }


def _scale(topic: str, t: Text) -> str:
    if topic == "felt":
        return t("play.bet.scale_felt", much=MUCH_FELT, same=SAME_FELT)
    if topic in ("profit", "rewind"):
        return t("play.bet.scale", much=firm_pages.MUCH, same=firm_pages.SAME)
    return t("play.bet.nothing")


def _years(scenario: EncounterScenario) -> str:
    return number(firm_runs.years(scenario), 0)


def _verdict(session: VisitSession, view: View, t: Text) -> Context:
    currency = session.scenario().currency
    outcomes = session.outcomes
    facts = []
    for topic in ("sale", "talk"):
        guess, outcome = session.bets.get(topic), outcomes.get(topic)
        if outcome is None:
            continue
        named = verdict(topic, guess, outcome, t) if guess else ""
        facts.append(
            {
                "label": t(f"play.verdict.{topic}"),
                "text": t(f"play.bet.{outcome}"),
                "name": named,
                "tone": "good" if guess == outcome else "bad",
                "line": _line(guess, outcome, t) if guess and guess != outcome else "",
            }
        )
    again = "returns" if view.decision.get("returns") else "stays_away"
    if firm_pages.has_money(view, session):
        spent = t(
            "play.verdict.money_line",
            earned=money(view.earned, currency, t),
            cost=money(view.cost, currency, t),
        )
        facts.append({"label": t("play.verdict.money"), "text": spent, "name": ""})
    facts.append({"label": t("play.verdict.next"), "text": t(f"play.verdict.{again}"), "name": ""})
    facts += _beside(session, t)
    go = t("play.verdict.go") if session.scenario().then else ""
    return {
        "ending": view.ending_title,
        "ending_text": view.ending_text,
        "facts": facts,
        "go": go,
        **_hoped(session, view, t),
    }


def _hoped(session: VisitSession, view: View, t: Text) -> Context:
    """What to do next; in a visit played again, first what came of its hypothesis."""
    again = t("play.verdict.again")
    if session.hope is None:
        return {"why_label": "", "why": again}
    hope, before = session.hope
    change = view.satisfaction - before
    came = "same" if abs(change) <= SAME_FELT else "higher" if change > 0 else "lower"
    numbers = {"before": number(before, 1), "now": number(view.satisfaction, 1)}
    told = t("play.hope.right" if came == hope else "play.hope.wrong", **numbers)
    return {
        "why_label": t("play.hope.label", hope=t(f"play.hope.{hope}")),
        "why": f"{told} {again}",
    }


def _beside(session: VisitSession, t: Text) -> list[Context]:
    """The same service, met by every other person of the case (where nobody can leave half-way)."""
    case, run = session.scenario("seller"), session.run
    if case.sells:
        return []
    others = [person for person in case.personas if person.id != run.view.persona]
    seen = [
        simulate(case.change(persona=person.id), replay(run.actions), run.seed).view
        for person in others
    ]
    return [
        {
            "label": t("play.verdict.beside", name=view.name),
            "text": t("play.verdict.beside_line", level=number(view.satisfaction, 1)),
            "name": "",
        }
        for view in seen
    ]


def verdict(topic: str, guess: str, outcome: str, t: Text) -> str:
    """The name of the difference between a bet and what came; options run from good to bad."""
    order = OPTIONS[topic]
    if guess == outcome:
        return t("play.verdict.right")
    hopeful = order.index(guess) < order.index(outcome)
    if order is PROFIT:
        return t(f"play.verdict.{firm_pages.verdict(guess, outcome)}")
    return t("play.verdict.hopeful" if hopeful else "play.verdict.gloomy")


def _line(guess: str, outcome: str, t: Text) -> str:
    return t("play.verdict.line", guess=t(f"play.bet.{guess}"), outcome=t(f"play.bet.{outcome}"))


def _rewind(session: VisitSession, view: View, t: Text) -> Context:
    step = view.journey[session.step or 0]
    touchpoint = session.scenario().touchpoint(step.touchpoint)
    assert touchpoint is not None
    lang, currency = session.lang, session.scenario().currency
    cards = [
        {
            "id": choice.id,
            "text": choice.does[lang],
            "notes": [t("play.visit.first_answer")]
            if choice.id == step.choice
            else _price(choice.minutes, choice.cost, currency, t),
            "first": choice.id == step.choice,
            "off": choice.id == step.choice,
        }
        for choice in touchpoint.choices
    ]
    return {
        "stage_name": t("play.rewind.lead"),
        "moment": {
            "title": t("play.rewind.title", title=step.title),
            "scene": touchpoint.scene[lang],
        },
        "cards": cards,
        "act": "choose",
        "own_line": "",
        "settled": "",
        "cancel": t("play.rewind.cancel"),
        "why": step.why,
        "reaction": step.answer,
    }


def _tries(session: VisitSession, view: View, t: Text) -> Context:
    """Two tries side by side, where there is no firm to follow them into."""
    before, after = (round(r.view.satisfaction, 1) for r in (session.visit, session.second))
    limits = (-MUCH_FELT - 0.05, -SAME_FELT - 0.05, SAME_FELT + 0.05, MUCH_FELT + 0.05)
    outcome = PROFIT[sum(after - before > limit for limit in limits)]
    guess = session.bets["felt"]
    return firm_pages.tries(session, t) | {
        "base_name": t("play.loop.first"),
        "run_name": t("play.loop.second"),
        "named": verdict("felt", guess, outcome, t),
        "tone": "good" if guess == outcome else "bad",
        "told": _line(guess, outcome, t),
    }


_MIDDLE: dict[str, Callable[[VisitSession, View, Text], Context]] = {
    "opening": _opening,
    "visit": _visit,
    "felt": _felt,
    "bet-sale": _bet,
    "bet-talk": _bet,
    "bet-profit": _bet,
    "bet-rewind": _bet,
    "bet-felt": _bet,
    "tries": _tries,
    "verdict": _verdict,
    "rewind": _rewind,
}


def announcement(session: VisitSession) -> str:
    """What a screen reader says after an act: the reaction, what changed, what comes next."""
    t = words_of(session.scenario(), session.lang)
    if session.phase in ("loop", "compare"):
        return firm_pages.announcement(session, t)
    view = _shown(session)
    if not view.journey or session.phase not in ("visit", "felt", "bet-talk"):
        return ""
    last = view.journey[-1]
    moved = ", ".join(
        f"{t(f'model.dimension.{d}')} {100 * change:+.0f}"
        for d, change in last.moved.items()
        if abs(change) >= 0.005
    )
    return " ".join([last.answer, moved, last.why])

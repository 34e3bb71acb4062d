"""An hour of the day: the news of the last one, what is decided, and the bet."""

from __future__ import annotations

from crmsim.common import palette
from crmsim.common.numbers import number
from crmsim.common.words import Translate
from crmsim.course.sessions.desk import DeskSession
from crmsim.course.sessions.desk_runs import after_bet, foreseen, spans
from crmsim.model.desk.desk import DISCIPLINES, POSTS
from crmsim.runs.run import Run
from crmsim.widgets.desk.rule import at_hour, by_hour, direction_verdict
from crmsim.widgets.directions import direction_options
from crmsim.widgets.drawings import charts
from crmsim.widgets.drawings import desk as drawings
from crmsim.widgets.rendering import Context


def decide(session: DeskSession, t: Translate) -> Context:
    """Return the screen on which an hour is decided."""
    return _left(session, t) | _middle(session, t) | dials(session, t) | _foot(session, t)


def _left(session: DeskSession, t: Translate) -> Context:
    view = session.view
    case, hour = session.scenario(), session.hour
    heading = t("day.decide.begins")
    if hour:
        heading = t("day.decide.last", **{"from": case.opens + hour - 1, "to": case.opens + hour})
    return {
        "heading": heading,
        "news": news(session, t),
        "verdicts": verdicts(session, t, up_to=hour) if session.asked else [],
        "clock": t("day.decide.title", hour=view.hour),
    }


def news(session: DeskSession, t: Translate) -> list[Context]:
    """Return the lines that tell of the hour that has passed."""
    view, hour = session.view, session.hour
    if not hour:
        return [_line(t("day.decide.as_before" if session.earlier else "day.decide.open_first"))]
    log = {name: float(column[-1]) for name, column in view.series.items()}
    hung = log["abandoned"]
    busy = log["agent_min"] / (60 * log["agents"]) if log["agents"] else 1.0
    lines = [
        _line(
            t(
                "day.decide.came",
                contacts=number(log["contacts"]),
                hung=number(hung),
                wait=number(log["wait_min"], 1),
            ),
            "bad" if hung > 0.08 * log["contacts"] else "good" if not hung else "",
        ),
        _line(t("day.decide.busy", busy=number(100 * min(busy, 1)))),
    ]
    if log.get("called_back"):
        lines.append(_line(t("day.decide.back", called=number(log["called_back"]))))
    lines += [
        _line(
            t(
                "day.decide.cases",
                complaints=number(log["complaints"]),
                acknowledged=number(log["acknowledged"]),
                closed=number(log["closed"]),
            )
        ),
        _line(
            t(
                "day.decide.open",
                unheard=number(log["unacknowledged"]),
                open=number(log["open_cases"]),
            ),
            "bad" if log["unacknowledged"] > 4 else "",
        ),
    ]
    return [*lines, *_rings(session, t)]


def _rings(session: DeskSession, t: Translate) -> list[Context]:
    """Return a line for each sender of an unanswered message who rang in the last hour."""
    case, hour = session.scenario(), session.hour
    senders = {message.id: message for message in case.messages}
    answered = session.answered
    return [
        _line(t("day.decide.rings", sender=message.sender[session.lang]), "bad")
        for name, message in senders.items()
        if name not in answered and hour - 1 <= message.patience_h < hour
    ]


def _expected(session: DeskSession, t: Translate) -> str:
    planned = session.view.expected
    assert planned is not None
    return t(
        "day.decide.expect",
        questions=number(planned.questions),
        problems=number(planned.problems),
    )


def _line(text: str, tone: str = "") -> Context:
    return {"text": text, "tone": tone}


def _middle(session: DeskSession, t: Translate) -> Context:
    case, view, staffing = session.scenario(), session.view, session.staffing
    numbers = case.numbers
    places = {
        "agents": {"minutes": f"{numbers.handle_min:g}", "patience": f"{numbers.patience_min:g}"},
        "handlers": {
            "minutes": number(numbers.receive_min + numbers.explain_min + numbers.solve_min)
        },
    }
    planned = case.hours[session.hour % len(case.hours)]
    posts = [
        {
            "id": post,
            "title": t(f"day.decide.{post}"),
            "about": t(f"day.decide.{post}_about", **places[post]),
            "most": getattr(case, post),
            "value": staffing[post],
            "said": t("day.decide.people", count=staffing[post], planned=getattr(planned, post)),
        }
        for post in POSTS
    ]
    rules = {"fifo": "fifo", "sunset": "rule"}
    orders = [
        {
            "value": name,
            "text": t(f"day.decide.{rules[name]}"),
            "on": staffing["discipline"] == name,
        }
        for name in DISCIPLINES
    ]
    checking = {
        "minutes": f"{numbers.check_min:g}",
        "found": number(100 * (1 - numbers.check_misses)),
    }
    switches = [
        {
            "id": name,
            "title": t(f"day.decide.{name}"),
            "about": t(f"day.decide.{name}_about", **checking),
            "options": [
                {"value": way, "text": t(f"day.decide.{way}"), "on": staffing[name] == on}
                for way, on in (("on", True), ("off", False))
            ],
        }
        for name in session.switches
    ]
    line = t("day.decide.line", waiting=view.waiting)
    return {
        "posts": posts,
        "orders": orders,
        "switches": switches,
        "picture": drawings.queue_drawing(staffing["agents"], view.waiting, view.numbers, line),
        "line": line,
        "expected": _expected(session, t),
    }


def dials(session: DeskSession, t: Translate) -> Context:
    """Return the charts of the hours so far: the phone, and the complaints on two clocks."""
    hours = session.hour
    if not hours:
        return {"charts": [], "nothing": t("day.dials.nothing")}
    run, base = session.run_so_far, base_of(session, hours)
    word = "before" if session.earlier else "usual"
    phone = [
        charts.ChartLine(at_hour(base, "abandoned"), palette.BASE, 2),
        charts.ChartLine(at_hour(run, "abandoned"), palette.RUN, 3),
    ]
    cases = [
        charts.ChartLine(at_hour(run, "unacknowledged"), palette.HISTORY, 2.5, "6 4"),
        charts.ChartLine(at_hour(run, "open_cases"), palette.RUN, 3),
    ]
    size = (292, 106 if session.asked or session.earlier else 138)
    title = t("day.dials.phone")
    return {
        "nothing": "",
        "charts": [
            {
                "title": title,
                "svg": by_hour(session, phone, title, size),
                "legend": [("base", t(f"day.dials.{word}")), ("mine", t("day.dials.mine"))],
            },
            {
                "title": t("day.dials.cases"),
                "svg": by_hour(session, cases, t("day.dials.cases"), size),
                "legend": [("then", t("day.dials.unheard")), ("mine", t("day.dials.open"))],
            },
        ],
    }


def base_of(session: DeskSession, hours: int) -> Run:
    """Return what the day is compared with: the attempt before, or the rota with the same box."""
    before = session.earlier
    if before is not None:
        return session.runs.run(before.actions[:hours])
    return session.runs.usual(session.attempt.actions, hours)


def _foot(session: DeskSession, t: Translate) -> Context:
    case, asked = session.scenario(), session.asked
    until, bets, about = session.next_bet, [], ""
    if asked:
        since, _, end = spans(case)[session.hour]
        about = t("day.decide.bet", hour=case.opens + end, since=case.opens + since)
        open_one = next((name for name in asked if name not in session.bet), None)
        bets = [
            {
                "label": t(f"day.decide.bet_{name}"),
                "asked": name == open_one,
                "options": direction_options(name, session.bet.get(name), "day.way", t),
            }
            for name in asked
        ]
    earlier = session.earlier
    hypothesis = ""
    if earlier is not None:
        name = change_name(session.attempt.change, t)
        hypothesis = t("day.decide.hypothesis", change=name)
    return {
        "bets": bets,
        "about": about,
        "hypothesis": hypothesis,
        "ready": session.ready,
        "run": t("day.decide.run") if session.ready else t("day.decide.bet_first"),
        "run_on": t("day.decide.rest" if earlier else "day.decide.run_on", hour=case.opens + until),
    }


def change_name(change: str, t: Translate) -> str:
    """Return the name of what a hypothesis is about."""
    keys = {"box": "day.again.box", "cards": "day.again.cards", "discipline": "day.decide.order"}
    return t(keys.get(change, f"day.decide.{change}"))


def verdicts(session: DeskSession, t: Translate, up_to: int) -> list[Context]:
    """Return each bet of the present day that is over by an hour, against what came."""
    run, found = session.run_so_far, []
    for step, bet in session.attempt.bets.items():
        if spans(session.scenario())[step][2] > up_to:
            continue
        for measure, guess in bet.items():
            came = after_bet(run, step, measure)
            digits = 0 if measure == "open_cases" else 1
            before, after = (number(value, digits) for value in foreseen(run, step, measure))
            label = t(f"day.decide.bet_{measure}")
            label = t("day.verdict.at", hour=session.scenario().opens + step, measure=label)
            found.append(direction_verdict(t, label, guess, came, before, after))
    return found

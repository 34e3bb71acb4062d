"""The end of a visit: what came of it and of the bets; and two tries side by side."""

from __future__ import annotations

from crmsim.common.numbers import money, number
from crmsim.common.words import Translate
from crmsim.course.sessions.visit import PROFIT, VisitSession
from crmsim.model.visit import View
from crmsim.runs.run import Run, replay, simulate
from crmsim.runs.tables import methods_used, principles_heeded
from crmsim.widgets.rendering import Context
from crmsim.widgets.visit.bets import MUCH_FELT, SAME_FELT, guess_line
from crmsim.widgets.visit.bets import bet_verdict as verdict_words


def verdict(session: VisitSession, view: View, t: Translate) -> Context:
    """Return the screen that compares bets with what happened, and says what was earned."""
    currency = session.scenario().currency
    outcomes = session.outcomes
    facts = []
    for topic in ("sale", "talk"):
        guess, outcome = session.bets.get(topic), outcomes.get(topic)
        if outcome is None:
            continue
        named = verdict_words(topic, guess, outcome, t) if guess else ""
        facts.append(
            {
                "label": t(f"play.verdict.{topic}"),
                "text": t(f"play.bet.{outcome}"),
                "name": named,
                "tone": "good" if guess == outcome else "bad",
                "line": guess_line(guess, outcome, t) if guess and guess != outcome else "",
            }
        )
    again = "returns" if view.decision.get("returns") else "stays_away"
    if has_money(view, session):
        spent = t(
            "play.verdict.money_line",
            earned=money(view.earned, currency, t),
            cost=money(view.cost, currency, t),
        )
        facts.append({"label": t("play.verdict.money"), "text": spent, "name": ""})
    facts.append({"label": t("play.verdict.next"), "text": t(f"play.verdict.{again}"), "name": ""})
    facts += _recovered(session, view, t) or _spoken(session.run, t)
    facts += _beside(session, t)
    go = t("play.verdict.go") if session.scenario().then else ""
    return {
        "ending": view.ending_title,
        "ending_text": view.ending_text,
        "facts": facts,
        "go": go,
        **_hoped(session, view, t),
    }


def _hoped(session: VisitSession, view: View, t: Translate) -> Context:
    """Say what to do next; in a visit played again, first what came of its hypothesis."""
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


def _recovered(session: VisitSession, view: View, t: Translate) -> list[Context]:
    """Return how fair the answer to a complaint felt, who would stay, and the methods used."""
    if not view.recovery:
        return []
    percent = {name: number(100 * share, 0) for name, share in view.recovery.items()}
    percent["most"] = number(min(100, 100 * view.recovery["most"]), 0)
    used = methods_used(session.run)
    names = " → ".join(t(f"table.method_{name}") for name in used)
    told = t("play.verdict.methods_line", count=len(used), names=names)
    lines = {
        "fairness": t("play.verdict.fairness_line", **percent),
        "staying": t("play.verdict.staying_line", **percent),
        "methods": told if used else t("play.verdict.methods_none"),
    }
    return [
        {"label": t(f"play.verdict.{name}"), "text": text, "name": ""}
        for name, text in lines.items()
    ]


def _spoken(run: Run, t: Translate) -> list[Context]:
    """Return how often the principles of communication were kept and broken, and the worst."""
    heeded = principles_heeded(run)
    kept, broken = (sum(each[name] for each in heeded.values()) for name in ("kept", "broken"))
    if not kept + broken:
        return []
    told = t("play.verdict.principles_line", kept=kept, broken=broken)
    worst = max(heeded, key=lambda name: heeded[name]["broken"])
    line = t("play.verdict.principles_worst", name=t(f"table.principle_{worst}")) if broken else ""
    return [{"label": t("play.verdict.principles"), "text": f"{told}{line}", "name": ""}]


def _beside(session: VisitSession, t: Translate) -> list[Context]:
    """Return the service as every other person of the case met it, if nobody can leave early."""
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


# --- two tries ---


def tries(session: VisitSession, view: View, t: Translate) -> Context:
    """Two tries side by side, where there is no firm to follow them into."""
    before, after = (round(r.view.satisfaction, 1) for r in (session.visit, session.second))
    limits = (-MUCH_FELT - 0.05, -SAME_FELT - 0.05, SAME_FELT + 0.05, MUCH_FELT + 0.05)
    outcome = PROFIT[sum(after - before > limit for limit in limits)]
    guess = session.bets["felt"]
    return side_by_side(session, t) | {
        "base_name": t("play.loop.first"),
        "run_name": t("play.loop.second"),
        "named": verdict_words("felt", guess, outcome, t),
        "tone": "good" if guess == outcome else "bad",
        "told": guess_line(guess, outcome, t),
    }


def has_money(view: View, session: VisitSession) -> bool:
    """Return True if money is part of the visit: something is sold, or was spent."""
    return session.scenario().sells or view.cost > 0


def side_by_side(session: VisitSession, t: Translate) -> Context:
    """Return the first and the second try, side by side."""
    first, second = session.visit, session.second
    currency = session.scenario().currency
    step = first.view.journey[session.step or 0]
    both = (first, second)
    rows = [(t("play.visit.satisfaction"), *(number(r.view.satisfaction, 1) for r in both))]
    if session.scenario().sells:
        rows.append((t("play.verdict.sale"), *(t(f"play.compare.{_sale(r)}") for r in both)))
    if first.view.recovery:
        stay = (number(100 * r.view.recovery["stays"], 0) for r in both)
        rows.append((t("play.compare.stay"), *stay))
    rows.append((t("play.verdict.talk"), *(t(f"play.compare.{_talk(r)}") for r in both)))
    if any(has_money(r.view, session) for r in both):
        rows.append((t("play.verdict.money"), *(money(r.view.earned, currency, t) for r in both)))
    kept = t("play.compare.fallback", count=len(second.fallbacks)) if second.fallbacks else ""
    new = second.view.journey[session.step or 0]
    return {
        "rows": rows,
        "step_title": step.title,
        "first_act": step.act,
        "new_act": new.act,
        "kept": kept,
    }


def _sale(visit: Run) -> str:
    return "bought" if visit.view.decision.get("buys") else "left"


def _talk(visit: Run) -> str:
    decision = visit.view.decision
    return next((k for k in ("recommends", "complains", "warns") if decision.get(k)), "quiet")

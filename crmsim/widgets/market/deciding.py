"""A quarter: what is to be decided, what is foreseen, and what came of it."""

from __future__ import annotations

from crmsim.common.numbers import number
from crmsim.common.words import Translate
from crmsim.course.sessions import predictions
from crmsim.course.sessions.market import MarketSession
from crmsim.course.sessions.predictions import GUESSED
from crmsim.scenario.cards import Card
from crmsim.scenario.policy_cards import PolicyCard
from crmsim.widgets.directions import direction_options
from crmsim.widgets.market import cockpit, news
from crmsim.widgets.rendering import Context

TONES = {"right": "good", "side": "half", "hopeful": "bad", "gloomy": "bad"}
"""The tone of each verdict on a bet."""

PAGE = 4
"""Policy cards on one page."""


def decide(session: MarketSession, t: Translate) -> Context:
    """Return the news of last quarter, the tabs with what can be decided, and the bet."""
    return _news(session, t) | _tabs(session, t) | _bet(session, t)


def _news(session: MarketSession, t: Translate) -> Context:
    quarter = session.quarter
    new = [lever.title[session.lang] for lever in session.opened]
    opened = t("market.news.comma").join(new)
    if quarter:
        lines = _told(session, t)
        heading = t("market.news.last")
    else:
        as_it_stands = "as_before_line" if session.earlier else "take_over_line"
        lines = [news.news_line(t(f"market.news.{as_it_stands}"))]
        few = t("market.news.few", count=len(session.levers))
        lines += [news.news_line(few)] if not session.all_open else []
        heading = t("market.news.take_over")
    fresh = quarter and opened
    return {
        "heading": heading,
        "news": lines,
        "opened": t("market.news.opened", levers=opened) if fresh else "",
        "verdicts": verdicts(session, t) if quarter else [],
    }


def _told(session: MarketSession, t: Translate) -> list[news.NewsItem]:
    """Return the news of the quarter that has passed."""
    word = "earlier" if session.earlier else "unchanged"
    scenario, quarter = session.scenario(), session.quarter - 1
    return news.news(session.run_so_far, session.base, quarter, t, scenario, word)


def _tabs(session: MarketSession, t: Translate) -> Context:
    tabs = [
        {
            "id": tab,
            "text": t(f"market.tab.{tab}"),
            "on": tab == session.tab,
            "open": tab == "card" and bool(session.unanswered),
        }
        for tab in session.tabs
    ]
    content = {"card": _cards, "levers": _levers, "policies": _policies}[session.tab]
    return {"tabs": tabs, "tab": session.tab} | content(session, t)


def _cards(session: MarketSession, t: Translate) -> Context:
    asked = next((card.id for card in session.cards if card.id in session.unanswered), None)
    return {"cases": [_case(session, card, card.id == asked, t) for card in session.cards]}


def _case(session: MarketSession, card: Card, asked: bool, t: Translate) -> Context:
    lang, currency = session.lang, session.scenario().currency
    return {
        "id": card.id,
        "title": card.title[lang],
        "story": card.story[lang],
        "asked": asked,
        "options": [
            {
                "value": f"{card.id}={option.id}",
                "text": option.does[lang],
                "price": news.card_effect_price(option, currency, t),
                "on": session.draft.get(card.id) == option.id,
            }
            for option in card.options
        ],
    }


def _levers(session: MarketSession, t: Translate) -> Context:
    lang, now = session.lang, session.view.decision
    costs = cockpit.prices(session)
    fresh = {lever.id for lever in session.opened} if session.quarter else set()
    levers = []
    for lever in session.levers:
        value = session.draft.get(lever.id, now[lever.id])
        was = news.level(lever, now[lever.id], t)
        levers.append(
            {
                "id": lever.id,
                "title": lever.title[lang],
                "about": lever.about[lang],
                "low": f"{lever.low:g}",
                "high": f"{lever.high:g}",
                "step": f"{lever.step:g}",
                "value": f"{value:g}",
                "said": news.level(lever, value, t),
                "price": cockpit.lever_price_words(costs[lever.id], session, t)
                if costs.get(lever.id)
                else "",
                "was": t("market.lever.was", value=was) if lever.id in session.draft else "",
                "fresh": lever.id in fresh,
            }
        )
    return {"levers": levers, "columns": 1 if len(levers) < 5 else 2}


def _policies(session: MarketSession, t: Translate) -> Context:
    first = session.page * PAGE
    shown = session.policies[first : first + PAGE]
    return {
        "policies": [_policy(session, policy, t) for policy in shown],
        "page": session.page,
        "pages": -(-len(session.policies) // PAGE),
    }


def _policy(session: MarketSession, policy: PolicyCard, t: Translate) -> Context:
    wanted = session.draft.get(policy.id, session.view.policies[policy.id])
    moved = policy.id in session.draft
    state = {
        (True, False): "in_force",
        (True, True): "begins",
        (False, True): "stops",
        (False, False): "",
    }[wanted, moved]
    return {
        "value": f"{policy.id}={'off' if wanted else 'on'}",
        "title": policy.title[session.lang],
        "about": policy.about[session.lang],
        "why": " ".join(shift.why[session.lang] for shift in policy.shifts if shift.why),
        "price": news.weekly_price(policy, session.run_so_far, t),
        "on": wanted,
        "state": t(f"market.policy.{state}") if state else "",
        "act": t(f"market.policy.{'withdraw' if wanted else 'introduce'}"),
    }


# --- the bet -----------------------------------------------------------------------------------


def _bet(session: MarketSession, t: Translate) -> Context:
    open_case = bool(session.unanswered)
    asked = None
    if not open_case and not session.earlier:
        asked = next((name for name in GUESSED if name not in session.guess), None)
    bets = [
        {
            "id": measure,
            "label": t(f"market.measure.{measure}"),
            "asked": measure == asked,
            "options": direction_options(measure, session.guess.get(measure), "market.way", t),
        }
        for measure in GUESSED
    ]
    why_not = "judge_first" if open_case else "" if session.ready else "bet_first"
    return {
        "bets": [] if session.earlier else bets,
        "against": t("market.bet.against"),
        "rule": t(
            "market.bet.rule",
            percent=predictions.SAME_PERCENT,
            points=number(predictions.SAME_REPUTATION, 2),
        ),
        "hypothesis": _hypothesis(session, t),
        "ready": session.ready,
        "why_not": t(f"market.bet.{why_not}") if why_not else "",
        "run": t("market.bet.run", quarter=session.quarter + 1),
    }


def _hypothesis(session: MarketSession, t: Translate) -> str:
    if not session.earlier:
        return ""
    name = news.title_of(session.attempt.change, session.scenario())
    return t("market.bet.hypothesis", change=name)


# --- what came ---------------------------------------------------------------------------------


def verdicts(session: MarketSession, t: Translate) -> list[Context]:
    """Each thing foreseen for the quarter that has passed, against what came."""
    quarter, usual = session.quarter - 1, session.runs.usual(session.quarter)
    found = []
    for measure, guess in session.attempt.guesses[quarter].items():
        outcome = predictions.in_quarter(session.run_so_far, usual, quarter, measure)
        verdict = outcome.verdict(guess)
        places = {
            "measure": t(f"market.measure.{measure}"),
            "guess": t(f"market.way.{guess}"),
            "came": t(f"market.way.{outcome.direction}"),
            "change": news.change_text(measure, outcome.change, session.scenario().currency, t),
            "band": news.amount_text(measure, outcome.leeway, session.scenario().currency, t),
        }
        line = "line_right" if verdict == "right" else "line"
        found.append(
            {
                "name": t(f"market.came.{verdict}"),
                "tone": TONES[verdict],
                "line": news.news_line(t(f"market.came.{line}", **places))["text"],
            }
        )
    return found


def came(session: MarketSession, t: Translate) -> Context:
    """Return the bet with its outcome, the news, and what became of the judgements."""
    scenario, action = session.scenario(), session.attempt.actions[-1]
    cards = [card for card in scenario.cards if card.id in action]
    because = [
        (t("market.came.because"), card.option(action[card.id]).why[session.lang]) for card in cards
    ]
    shocks = list(news.shocks(scenario, session.quarter - 1, session.seed))
    last = session.quarter == session.runs.quarters
    go = "market.came.finish" if last else "market.came.go"
    return {
        "heading": t("market.came.title", quarter=session.quarter),
        "verdicts": verdicts(session, t),
        "news": [
            *_told(session, t),
            *([news.news_line(why) for _, why in because] if shocks else []),
        ],
        "meant": [*shocks, *([] if shocks else because)],
        "go": t(go, quarter=session.quarter + 1),
    }

"""A day at the desk as a list of acts: nothing passes before it is foreseen, and time is kept."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsim import load, replay, simulate
from crmsim.common.words import data_path
from crmsim.course.sessions.desk import EXPECTED, FORESEEN, RULED, TABS, DeskSession
from crmsim.course.sessions.desk_runs import bet_steps, result
from crmsim.model.desk.box import DEADLINES, MESSAGE_KINDS

CASE = load("sunset")
CARDS = [card.id for card in CASE.cards]
RULE = [
    ("begin", ""),
    *(("rule", f"{name}=lower") for name in RULED),
    ("lock", ""),
    ("continue", ""),
]
BET = [("guess", f"{name}=same") for name in FORESEEN]
REST = [("run_on", ""), *BET, ("run_on", ""), *BET, ("run_on", "")]
OPEN = [("shut", ""), ("doors", "")]
RICE = [("open", "rice"), ("kind", "delivery"), ("reply", "van"), ("send", "")]


def session(*acts, case="sunset", seed=1):
    """Return a session in which these acts were done, each of them possible."""
    made = DeskSession(case, seed)
    for act in acts:
        assert made.do(*act), act
    return made


def whole(*box):
    return session(*RULE, *box, *OPEN, *REST)


def test_the_rule_is_not_seen_before_it_is_foreseen():
    begun = session(("begin", ""), ("rule", "response_h=lower"))
    assert not begun.do("lock", "")
    assert begun.phase == "foresee"


def test_a_played_day_is_the_run_of_its_actions():
    done = whole(*RICE)
    assert done.phase == "end"
    assert done.done
    again = simulate("sunset", replay(done.run.actions), seed=1)
    assert again.log.equals(done.run.log)
    assert again.view.outcome == done.run.view.outcome


def test_a_day_that_is_not_over_goes_on_by_the_rota():
    begun = session(*RULE, *OPEN, ("lever", "agents=9"), ("run", ""))
    assert not begun.done
    rota = [hour.agents for hour in CASE.hours]
    assert begun.run.series["agents"].tolist() == [9, *rota[1:]]


def test_at_noon_and_before_closing_nothing_passes_without_a_bet():
    begun = session(*RULE, *OPEN, ("run_on", ""))
    assert begun.hour == bet_steps(CASE)[0] == 4
    assert not begun.do("run", "")
    assert not begun.do("run_on", "")
    for act in BET:
        assert begun.do(*act)
    assert begun.do("run_on", "")
    assert begun.hour == bet_steps(CASE)[1] == 10
    assert begun.attempt.bets == {4: dict.fromkeys(FORESEEN, "same")}


def test_hours_that_run_on_keep_as_many_people_above_the_rota():
    begun = session(*RULE, *OPEN, ("lever", "agents=6"), ("run_on", ""))
    extra = begun.run_so_far.series["agents"] - [hour.agents for hour in CASE.hours[:4]]
    assert extra.tolist() == [2, 2, 2, 2]


def test_eight_minutes_are_eight_minutes():
    begun = session(*RULE)
    assert begun.seconds_left == 480
    session_after = session(*RULE, ("open", "rice"), ("open", "sour"), ("open", "rice"))
    assert session_after.seconds_left == 480 - 2 * CASE.numbers.read_s
    messages = [message.id for message in CASE.messages]
    longest = {m.id: max(m.replies, key=lambda reply: reply.seconds).id for m in CASE.messages}
    for name in messages:
        if begun.do("open", name):
            begun.do("kind", "goods")
            if begun.do("reply", longest[name]):
                begun.do("by", "noon")
                assert begun.do("send", "")
    assert 0 <= begun.seconds_left < 480
    assert 0 < len(begun.answered) < len(messages)
    assert begun.do("shut", "")
    assert begun.phase == "cards"


def test_a_message_is_sent_once_and_only_when_it_is_sorted_and_answered():
    begun = session(*RULE, ("open", "infant"), ("kind", "goods"), ("reply", "ring"))
    assert not begun.do("send", ""), "no time was said"
    for act in [("by", "noon"), ("send", "")]:
        assert begun.do(*act)
    assert not begun.do("open", "infant")
    settled = session(*RULE, ("open", "sour"), ("kind", "goods"), ("reply", "refund"))
    assert settled.complete, "a reply that settles needs no time"


def test_what_each_decision_did_is_found_by_leaving_it_out():
    acts = [("lever", "agents=12"), ("discipline", "sunset"), ("run", "")]
    done = session(*RULE, *OPEN, *acts, ("lever", "agents=5"), *REST)
    found = done.decided()
    assert [(hour, name) for hour, name, _ in found] == [(0, "agents"), (0, "discipline")]
    other = done.runs.without(done.attempt.actions, *found[1])
    assert set(other.series["sunset_rule"]) == {0.0}
    assert result(other, "response_h") > result(done.run, "response_h")


def test_nobody_begins_again_without_a_reason():
    done = whole()
    assert done.do("again", "0")
    assert not done.do("attempt", "")
    assert done.do("change", "agents")
    assert not done.do("attempt", "")
    for name in EXPECTED:
        assert done.do("expect", f"{name}=lower")
    assert done.do("attempt", "")
    assert done.phase == "decide"
    assert done.hour == 0
    assert done.do("run_on", "")
    assert done.phase == "end"
    assert done.run.log.equals(whole().run.log)


def test_a_rule_that_is_changed_now_stays_though_the_rest_runs_as_last_time():
    switched = [("discipline", "sunset"), ("run", "")]
    done = session(*RULE, *OPEN, ("run_on", ""), *BET, *switched, ("run_on", ""), *BET, REST[0])
    plan = [("again", "0"), ("change", "checks"), *(("expect", f"{n}=same") for n in EXPECTED)]
    for act in [*plan, ("attempt", ""), ("checks", "on"), ("run_on", "")]:
        assert done.do(*act)
    assert all(action["checks"] for action in done.attempt.actions)
    rules = [action["discipline"] for action in done.attempt.actions]
    assert rules == ["fifo"] * 4 + ["sunset"] * 8, "what was changed last time is changed again"
    assert result(done.run, "kept") > 90


def test_a_changed_box_is_opened_again():
    done = whole(*RICE)
    plan = [("again", "0"), ("change", "box"), *(("expect", f"{n}=same") for n in EXPECTED)]
    for act in [*plan, ("attempt", "")]:
        assert done.do(*act)
    assert done.phase == "box"
    assert done.seconds_left == 480


def test_at_most_two_cards_are_played_before_the_doors_open_and_they_can_be_taken_back():
    begun = session(*RULE, ("shut", ""), *(("card", f"{name}=on") for name in CARDS[:2]))
    assert begun.hand_full
    assert not begun.do("card", f"{CARDS[2]}=on")
    assert not begun.do("card", f"{CARDS[2]}=off")
    assert begun.do("card", f"{CARDS[0]}=off")
    assert not begun.do("card", "sunset-rule=on")
    for act in [("card", f"{CARDS[3]}=on"), ("doors", ""), ("run", "")]:
        assert begun.do(*act)
    assert begun.attempt.actions[0]["cards"] == [CARDS[1], CARDS[3]]
    assert not begun.do("card", f"{CARDS[1]}=off"), "the doors are open"
    assert begun.run == simulate("sunset", replay(begun.run.actions), seed=1)


def test_what_a_card_and_the_checks_did_is_found_by_leaving_them_out():
    cards = [("card", f"{name}=on") for name in CARDS[:2]]
    done = session(*RULE, ("shut", ""), *cards, ("doors", ""), ("checks", "on"), *REST)
    assert [name for _, name, _ in done.decided()] == [*CARDS[:2], "checks"]
    for place, left in enumerate(([CARDS[1]], [CARDS[0]])):
        other = done.runs.without(done.attempt.actions, *done.decided()[place])
        assert other.actions[0]["cards"] == left
    unchecked = done.runs.without(done.attempt.actions, *done.decided()[2])
    assert result(done.run, "kept") > 90 > result(unchecked, "kept")


def test_another_attempt_keeps_the_cards_unless_they_are_what_it_is_about():
    card = ("card", f"{CARDS[0]}=on")
    done = session(*RULE, ("shut", ""), card, ("doors", ""), *REST)
    for act in [("again", "0"), *(("expect", f"{n}=same") for n in EXPECTED)]:
        assert done.do(*act)
    assert done.do("change", "cards")
    assert done.do("attempt", "")
    assert (done.phase, done.attempt.cards) == ("cards", [CARDS[0]])
    for act in [("card", f"{CARDS[0]}=off"), ("doors", ""), ("run_on", "")]:
        assert done.do(*act)
    assert done.attempt.actions[0]["cards"] == []
    assert done.attempts[0].cards == [CARDS[0]]


def plain_case(folder, without):
    """Write the case without its messages, or without its cards; return the path."""
    text = data_path("scenarios", "sunset.toml").read_text("utf-8")
    parts = re.split(r"(?m)^(?=# (?:-{9,} |questions: people))", text)
    kept = [part for part in parts if f"\n[[{without}]]\n" not in part]
    assert len(kept) == len(parts) - 1
    (folder / "plain.toml").write_text("".join(kept), "utf-8")
    return str(folder / "plain.toml")


def test_a_case_without_messages_or_without_cards_goes_on_without_them(tmp_path):
    plain = session(*RULE, case=plain_case(tmp_path, "messages"))
    assert plain.scenario().messages == ()
    assert plain.phase == "cards"
    plain = session(*RULE, ("shut", ""), case=plain_case(tmp_path, "cards"))
    assert plain.scenario().cards == ()
    assert plain.phase == "decide"


ACTS = st.one_of(
    st.sampled_from([*RULE, *REST, *OPEN, ("send", ""), ("run", ""), ("cancel", "")]),
    st.tuples(st.just("open"), st.sampled_from([m.id for m in CASE.messages])),
    st.tuples(st.just("kind"), st.sampled_from(MESSAGE_KINDS)),
    st.tuples(st.just("by"), st.sampled_from(DEADLINES)),
    st.tuples(st.just("reply"), st.sampled_from([r.id for m in CASE.messages for r in m.replies])),
    st.tuples(st.just("tab"), st.sampled_from(TABS)),
    st.tuples(
        st.just("card"),
        st.builds("{}={}".format, st.sampled_from(CARDS), st.sampled_from(["on", "off"])),
    ),
    st.tuples(st.just("checks"), st.sampled_from(["on", "off", "maybe"])),
    st.tuples(
        st.just("lever"),
        st.builds("{}={}".format, st.sampled_from(["agents", "handlers"]), st.integers(-1, 13)),
    ),
)


@given(st.lists(ACTS, max_size=40))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_acts_of_any_game_done_again_give_the_same_game(acts):
    played = DeskSession("sunset", 3)
    for act in acts:
        played.do(*act)
    again = played.fresh()
    for act in played.acts:
        assert again.do(*act)
    assert again == played
    assert again.run.actions == played.run.actions


@pytest.mark.parametrize(
    ("act", "value"),
    [("lever", "agents=13"), ("lever", "agents=1.5"), ("lever", "agents=nan"), ("lever", "x=1")],
)
def test_people_who_are_not_there_can_not_be_sent(act, value):
    begun = session(*RULE, *OPEN)
    assert not begun.do(act, value)

"""The box of the morning: good answers keep customers, and silence comes back as calls."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim import ActionError, load, replay, simulate, what_if
from crmsim.model.desk.box import DEADLINES, MESSAGE_KINDS, seconds

DAY = load("sunset")
WELL = [
    ("infant", "goods", "ring", "noon"),
    ("rice", "delivery", "van", "none"),
    ("waited", "service", "ring", "none"),
    ("twice", "contract", "back", "none"),
    ("fridge", "delivery", "exchange", "tomorrow"),
    ("sour", "goods", "refund", "none"),
    ("rude", "service", "apology", "none"),
    ("return", "contract", "keep", "none"),
    ("early", "suggestion", "thanks", "none"),
]
BADLY = ["voucher", "carrier", "busy", "proof", "signed", "bring", "doubt", "rule", "no"]


def answers(rows):
    return [dict(zip(("message", "kind", "reply", "by"), row, strict=True)) for row in rows]


def with_box(box, **rest):
    """Give a policy that opens the box in this way, and else goes by the rota."""
    return lambda seen: rest | ({"box": box} if seen.step == 0 else {})


GOOD = answers(WELL)
BAD = [each | {"reply": reply} for each, reply in zip(GOOD, BADLY, strict=True)]


def of(run, message):
    return run.cases[run.cases.message == message].iloc[0]


def test_a_day_without_a_box_has_no_messages():
    plain = simulate(DAY.change(messages=()), seed=2)
    assert simulate(DAY, seed=2).log.equals(plain.log)
    assert simulate(DAY, seed=2).cases.message.isna().all()


def test_all_ten_well_answered_take_longer_than_there_is_time():
    """So something has to be chosen: who first, and who gets a call or a line."""
    chairs = {"message": "chairs", "kind": "suggestion", "reply": "chairs", "by": "none"}
    assert seconds(DAY, GOOD) <= 60 * DAY.box_min < seconds(DAY, [*GOOD, chairs])
    with pytest.raises(ActionError, match="must be at most 480; answer fewer"):
        simulate(DAY, with_box([*GOOD, chairs]))


def test_what_is_answered_is_a_case_at_once_and_what_is_not_only_when_she_rings():
    run = simulate(DAY, with_box(GOOD[:1]), seed=1)
    assert of(run, "infant").response_h == 0
    assert of(run, "chairs").fate == "silent"
    assert of(run, "rice").fate != "silent"
    assert of(run, "rice").acceptance_h >= 1.5


@pytest.mark.parametrize("lucks", [6, pytest.param(40, marks=pytest.mark.long)])
def test_unanswered_messages_come_back_as_calls(lucks):
    """Failure demand (Seddon 2003): it is the desk's own silence that rings."""
    left, done = (
        [simulate(DAY, with_box(box), seed=s).series["contacts"].sum() for s in range(lucks)]
        for box in ([], GOOD)
    )
    assert (np.array(left) - np.array(done) >= 5).all()


@pytest.mark.parametrize("lucks", [20, pytest.param(100, marks=pytest.mark.long)])
def test_good_answers_keep_more_than_silence_and_bad_ones_are_worse_than_both(lucks):
    value = {
        name: np.array(
            [simulate(DAY, with_box(b), seed=seed).view.outcome["value"] for seed in range(lucks)]
        )
        for name, b in {"good": GOOD, "silent": [], "bad": BAD}.items()
    }
    # Ten senders are few: days are compared by the ten, as a firm meets them.
    pick = np.random.default_rng(0).integers(lucks, size=(1000, 10))
    mean = {name: each[pick].mean(axis=1) for name, each in value.items()}
    assert (mean["good"] > mean["silent"]).mean() >= 0.95
    assert (mean["silent"] > mean["bad"]).mean() >= 0.95


def test_a_kept_promise_shortens_the_wait_and_a_broken_one_lengthens_it():
    """Maister (1985): known waits feel shorter; here by the time that was named for one case."""
    said = {
        by: simulate(DAY, with_box(answers([("infant", "goods", "ring", by)])), seed=1)
        for by in DEADLINES
    }
    solved = of(said["none"], "infant").solution_h
    assert 0 < solved < 4
    feels = {by: of(run, "infant").justice for by, run in said.items()}
    assert feels["noon"] > feels["none"]
    slow = {by: {"handlers": 0} for by in ("noon", "none")}
    broken = {
        by: simulate(
            DAY,
            lambda seen, by=by: (
                ({"handlers": 0} if seen.step < 8 else {})
                | ({"box": answers([("infant", "goods", "ring", by)])} if seen.step == 0 else {})
            ),
            seed=1,
        )
        for by in slow
    }
    assert of(broken["noon"], "infant").justice < of(broken["none"], "infant").justice
    assert of(broken["noon"], "infant").fate == "resolved"


OPEN = [
    ("infant", "goods", "ring"),
    ("twice", "contract", "later"),
    ("return", "contract", "later"),
]
"""Replies after which a handler has something to solve, in good time for noon."""


def all_by(time, rows=OPEN, **rest):
    """Return the runs in which each of these messages is answered with this time."""
    policy = with_box(answers([(*row, time) for row in rows]), **rest)
    return [simulate(DAY, policy, seed=seed) for seed in range(20)]


def test_to_say_tomorrow_is_worth_less_than_noon_where_noon_is_kept():
    """The later the time that is named, the less it comforts."""
    noon, tomorrow = all_by("noon"), all_by("tomorrow")
    for message, *_ in OPEN:
        kept = [
            (of(soon, message), of(late, message))
            for soon, late in zip(noon, tomorrow, strict=True)
            if of(soon, message).solution_h <= 4
        ]
        assert len(kept) > 10, message
        assert all(soon.solution_h == late.solution_h for soon, late in kept)
        assert all(soon.justice > late.justice for soon, late in kept), message
        soon, late = (
            np.mean([each.stay_chance for each in way]) for way in zip(*kept, strict=True)
        )
        assert soon > late, message
    worth = [np.mean([run.view.outcome["value"] for run in way]) for way in (noon, tomorrow)]
    assert worth[0] >= worth[1]


def test_a_sender_who_was_put_off_too_long_rings_before_the_time_that_was_named():
    """A wait that is known feels half as long, so her patience lasts twice as long, no more."""
    idle = {by: all_by(by, OPEN[:2], handlers=0) for by in ("tomorrow", "none")}
    calls = {by: sum(run.series["contacts"].sum() for run in runs) for by, runs in idle.items()}
    assert calls["tomorrow"] == calls["none"]


def test_a_message_sorted_wrongly_is_solved_later():
    right, wrong = (
        of(simulate(DAY, with_box(answers([("infant", kind, "ring", "none")])), seed=1), "infant")
        for kind in ("goods", "service")
    )
    assert wrong.solution_h > right.solution_h


def test_the_box_is_part_of_the_record_and_can_be_changed_afterwards():
    run = simulate(DAY, with_box(GOOD), seed=4)
    assert simulate(DAY, replay(run.actions), seed=4) == run
    other = what_if(run, 0, {**run.actions[0], "box": BAD})
    assert (other.cases.arrives_h == run.cases.arrives_h).all()
    assert of(other, "rice").fate == "unresolved"


@pytest.mark.parametrize(
    ("box", "says"),
    [
        ("infant", "must be a list with a table a message"),
        ([{"message": "infant"}], "must be a table with message, kind, reply, by"),
        (answers([("baby", "goods", "ring", "noon")]), "message = 'baby': is not in the box"),
        (answers([("infant", "food", "ring", "noon")]), "kind = 'food': must be one of: goods"),
        (answers([("infant", "goods", "van", "noon")]), "reply = 'van': must be one of: voucher"),
        (answers([("infant", "goods", "ring", "soon")]), "by = 'soon': must be one of: noon"),
        (2 * answers([("infant", "goods", "ring", "noon")]), "'infant' is answered twice"),
    ],
)
def test_a_box_that_can_not_be_is_refused_with_what_is_allowed(box, says):
    with pytest.raises(ActionError, match=says):
        simulate(DAY, with_box(box))


def test_a_box_can_only_be_opened_in_the_morning():
    with pytest.raises(ActionError, match="'box' can't be decided"):
        simulate(DAY, lambda seen: {"box": []} if seen.step else {})


@st.composite
def boxes(draw):
    messages = draw(st.permutations(DAY.messages))[: draw(st.integers(0, 6))]
    rows = []
    for message in messages:
        reply = draw(st.sampled_from([reply.id for reply in message.replies]))
        rows.append(
            (
                message.id,
                draw(st.sampled_from(MESSAGE_KINDS)),
                reply,
                draw(st.sampled_from(DEADLINES)),
            )
        )
    return answers(rows)


@given(boxes(), st.integers(0, 50), st.sampled_from(["fifo", "sunset"]))
@settings(max_examples=settings.default.max_examples // 6)
def test_whatever_is_answered_nobody_is_lost_and_luck_is_shared(box, seed, discipline):
    run = simulate(DAY, with_box(box, discipline=discipline), seed=seed)
    written = run.cases[run.cases.message.notna()]
    assert sorted(written.message) == sorted(message.id for message in DAY.messages)
    assert list(written.message[: len(box)]) == [each["message"] for each in box]
    assert set(written.fate) <= {"silent", "unresolved", "resolved", "fast"}
    usual = simulate(DAY, seed=seed)
    called = run.cases[run.cases.message.isna()]
    assert (called.arrives_h.to_numpy() == usual.cases.arrives_h.to_numpy()).all()

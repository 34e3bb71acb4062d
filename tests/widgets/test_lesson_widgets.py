"""A bot draws courses and builds diagrams; what is saved and shown follows."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from crmsim import check, load, predict, simulate
from crmsim.common.words import words
from crmsim.course import progress
from crmsim.exercises.curves import compare_curves
from crmsim.exercises.declared import exercise
from crmsim.exercises.exercise import ExerciseError
from crmsim.widgets.exercises.board import Board
from crmsim.widgets.exercises.outcome import quarterly

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh-Hans"])
CURVE, LOOP = exercise("31-reputation"), exercise("31-loop")
BAD = dict.fromkeys(("reliability", "responsiveness", "assurance", "empathy", "tangibles"), -0.3)


pytestmark = pytest.mark.usefixtures("work")


@pytest.fixture(scope="module")
def bad_quarter():
    market = load("buick-market").change(style={"quality": BAD}, years=3)
    return simulate(market, lambda view: {"adoption": float(view.quarter == 2)}, seed=1)


def page(widget) -> str:
    return widget.regions["exercise"]


@pytest.mark.parametrize("name", ["31-reputation", "12-promise", "12-delight"])
def test_the_values_beside_a_board_are_round(name):
    board = page(predict(name)).split("ex-board")[1].split("</svg>")[0]
    beside = re.findall(r'text-anchor="end">([\d.]+)</text>', board)
    assert len(beside) >= 4
    assert all(value.isdigit() for value in beside)


def test_every_value_of_a_course_is_told_to_the_step_in_which_it_is_drawn():
    asked = predict("12-promise")
    asked.on_act("draw", "3.2 3 3 3 3 3 3 3")
    handles = re.findall(r'aria-valuetext="([\d.]+)".*?>([\d.]+)</text>', page(asked))
    assert handles == [("3.2", "3.2"), *[("3.0", "3.0")] * 7]
    shown = page(check("12-promise", came=[3.1, 2.98, 2.9, 2.8, 2.8, 2.7, 2.7, 2.7]))
    assert "You drew: 3.2, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0. The result: 3.1, 3.0, 2.9," in shown


@LANGUAGES
def test_of_a_row_not_yet_matched_nothing_is_given_away(lang):
    asked = check("12-guests", lang=lang)
    asked.on_act("answer", "grand=pleased")
    asked.on_act("done", "")
    told = [row.id for row in asked.task.rows if row.because[lang] in page(asked)]
    assert told == ["grand"]
    asked.on_act("answer", "grand=")
    asked.on_act("done", "")
    assert asked.mark.verdict == "blank"


def test_no_change_bears_no_sign():
    predict("12-bet-modest").on_act("answer", "answer=0")
    assert "<b>0%</b>" in page(check("12-bet-modest", came=19.0))


@LANGUAGES
@pytest.mark.parametrize(("bet", "key"), [("19.4", "full"), ("30", "half"), ("-9", "none")])
def test_a_bet_is_answered_with_its_band_and_its_points(lang, bet, key):
    asked = predict("12-bet-modest", lang=lang)
    asked.on_act("answer", f"answer={bet}")
    shown = check("12-bet-modest", came=19.0, lang=lang)
    assert shown.t(f"lesson.bet.{key}") in page(shown)
    assert shown.t("lesson.bet.band", low="+14%", high="+24%") in page(shown)
    assert 'class="ex-bet"' in page(shown)


@LANGUAGES
def test_a_choice_that_was_bet_on_brings_a_point_or_none(lang):
    for option, key in (("in", "full"), ("pre", "none")):
        asked = predict("10-bet-stage", lang=lang)
        asked.on_act("answer", option)
        shown = check("10-bet-stage", came="in", lang=lang)
        assert shown.t(f"lesson.bet.{key}") in page(shown)
        assert "ex-band" not in page(shown)
        (progress.folder() / f"{shown.saved_as}.json").unlink()


def test_a_number_taken_back_is_no_answer():
    asked, bet = check("12-zone"), predict("12-bet-customers")
    for widget in (asked, bet):
        widget.on_act("answer", "answer=14")
        widget.on_act("answer", "answer=")
        assert not widget.answered
    assert bet.t("lesson.saved") not in page(bet)
    asked.on_act("done", "")
    assert asked.t("lesson.verdict.blank") in page(asked)
    assert not check("12-zone").answered
    assert not list(progress.folder().glob("*damaged*"))


@LANGUAGES
def test_a_drawing_that_stays_near_is_called_close_though_its_shares_differ(lang):
    found = compare_curves([57, 46, 48, 50, 52, 53, 54, 55], [57, 46, 49, 52, 54, 56, 56, 57], 2)
    shape = Board(CURVE, lang, words(lang)).aspects(found)[-1]
    assert (shape.fits, shape.finding) == (True, words(lang)("lesson.curve.close"))


@LANGUAGES
@pytest.mark.parametrize("bet", ["22", "-99", "1e9"])
def test_a_bet_that_nothing_speaks_for_is_saved_with_a_question(lang, bet):
    asked = predict("31-bet-quarter", lang=lang)
    asked.on_act("answer", f"answer={bet}")
    assert asked.t("lesson.unlikely", low="−60", high="20") in page(asked)
    asked.on_act("answer", "answer=-22")
    assert asked.t("lesson.saved") in page(asked)


@LANGUAGES
def test_a_question_whose_kernel_is_silent_says_what_to_do(lang):
    asked = predict("12-bet-bus", lang=lang)
    assert asked.stuck == asked.t("play.stuck")
    assert asked.busy == asked.t("play.busy")
    assert "■" in asked.busy


def build(widget, links) -> None:
    for source, sign, target in links:
        for act, value in (("node", source), ("sign", sign), ("node", target)):
            widget.on_act(act, value)


@LANGUAGES
def test_a_drawing_is_saved_once_it_is_whole_and_locked_once_it_was_compared(lang, bad_quarter):
    asked = predict(CURVE.id, lang=lang)
    asked.on_act("draw", "50 45")
    assert asked.say == asked.t("lesson.draw.partly", drawn=2, quarters=8)

    asked.on_act("draw", "45 50 57 57 57 57 57 57")
    assert asked.say == asked.t("lesson.saved")
    shown = check(CURVE.id, came=bad_quarter, lang=lang)
    assert shown.t("lesson.curve.right-direction") in shown.summary
    assert shown.t("lesson.curve.too-soon") in shown.summary
    assert CURVE.slips["too-soon"].counter[lang] in page(shown)

    again = predict(CURVE.id, lang=lang)
    before = progress.load_record(again.saved_as)
    again.on_act("draw", " ".join(["41"] * 8))
    assert progress.load_record(again.saved_as) == before
    assert "data-draw" not in page(again)


def test_the_start_that_is_given_is_that_of_the_run(bad_quarter):
    known = replace(CURVE, given=CURVE.given[:1])
    came = quarterly(known, bad_quarter)[: len(CURVE.given)]
    assert came == pytest.approx(CURVE.given, abs=CURVE.tolerance)


def test_what_came_is_a_run_with_that_column_or_the_values_themselves(bad_quarter):
    assert quarterly(CURVE, [40, 45]) == [57, 40, 45]
    assert len(quarterly(CURVE, bad_quarter)) == CURVE.quarters + 1
    with pytest.raises(ExerciseError, match="'weather'"):
        quarterly(replace(CURVE, column="weather"), bad_quarter)
    short = simulate(load("buick-market").change(years=0.25))
    with pytest.raises(ExerciseError, match="13 weeks"):
        quarterly(CURVE, short)


@pytest.mark.parametrize("came", [[57] * 8, [90] * 8, [10] * 8, [57, 57, 20, 57, 57, 57, 57, 57]])
@LANGUAGES
def test_whatever_came_there_are_words_for_it(came, lang):
    for drawn in ("57 57 57 57 57 57 57 57", "20 20 20 20 20 20 20 20", "58 60 70 80 90 90 90 90"):
        predict(CURVE.id, lang=lang).on_act("draw", drawn)
        shown = check(CURVE.id, came=came, lang=lang)
        assert shown.summary in page(shown)
        (progress.folder() / f"{shown.saved_as}.json").unlink()


@LANGUAGES
def test_a_diagram_is_built_marked_and_put_right(lang):
    shown = check(LOOP.id, lang=lang)
    build(shown, [["pay", "-", "attitude"], ["profit", "+", "service"]])
    assert progress.load_record("answer-31-loop")["answer"] == shown.answer
    shown.on_act("done", "")
    for key in ("wrong-sign", "extra", "missing", "not-closed"):
        assert shown.t(f"lesson.loop.{key}") in page(shown), key
    shown.on_act("remove", "profit>service")
    build(shown, [[link.source, link.sign, link.target] for link in LOOP.links])
    shown.on_act("done", "")
    assert len(shown.answer) == 7, "a link drawn again takes the place of the old one"
    assert shown.t("lesson.loop.centre-reinforcing") in page(shown)
    assert LOOP.business[lang] in page(shown)


def test_a_cause_can_be_changed_before_the_link_is_made():
    shown = check(LOOP.id)
    for act, value in (("node", "pay"), ("node", "pay"), ("sign", "+"), ("node", "sales")):
        shown.on_act(act, value)
    assert shown.answer is None
    shown.on_act("node", "profit")
    assert shown.answer == [["sales", "+", "profit"]]


def test_the_diagram_drawn_before_the_lesson_is_kept_and_compared_with():
    first = predict(LOOP.id)
    build(first, [["service", "+", "evaluation"], ["service", "+", "sales"]])
    assert check(LOOP.id).answer is None, "the second one starts from an empty page"
    later = check(LOOP.id, [["service", "+", "evaluation"], ["evaluation", "+", "word-of-mouth"]])
    assert "Before the lesson you had 1 of 8, now 2 of 7." in page(later)
    locked = predict(LOOP.id)
    locked.on_act("remove", "service>evaluation")
    assert len(locked.answer) == 2, "who has seen the marks draws no first diagram any more"

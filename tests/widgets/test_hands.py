"""Cards put to rows, in order, and joined by arrows: every way leads to the same answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim import check
from crmsim.common.words import words
from crmsim.course import progress
from crmsim.exercises.declared import exercise
from crmsim.widgets.exercises.diagram import Diagram
from crmsim.widgets.exercises.hands import MatchCards, OrderCards

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh-Hans"])
MATCH, ORDER, LOOP = exercise("10-language"), exercise("10-loop"), exercise("31-loop")
ROWS, CARDS = [row.id for row in MATCH.rows], [option.id for option in MATCH.options]


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))


def page(widget) -> str:
    return widget.regions["exercise"]


@LANGUAGES
def test_a_click_on_a_card_fills_one_row_after_the_other(lang):
    asked = check(MATCH.id, lang=lang)
    for _ in ROWS:
        asked.on_act("card", "service")
    assert asked.answer == dict.fromkeys(MATCH.shuffled(), "service")
    asked.on_act("card", "courtesy")
    assert asked.say == asked.t("lesson.match.first")
    assert "courtesy" not in asked.answer.values()


@LANGUAGES
def test_two_clicks_and_a_drag_put_a_card_to_any_row_and_it_can_be_taken_off(lang):
    asked = check(MATCH.id, lang=lang)
    last = MATCH.shuffled()[-1]
    asked.on_act("place", last)
    assert page(asked).count('aria-pressed="true"') == 1
    asked.on_act("card", "service")
    assert asked.answer == {last: "service"}
    asked.on_act("drop", f"courtesy={last}")
    assert progress.load_record(f"answer-{MATCH.id}")["answer"] == {last: "courtesy"}
    asked.on_act("place", last)
    assert asked.t("lesson.match.off") in page(asked)
    asked.on_act("answer", f"{last}=")
    assert not asked.answered


def test_the_right_cards_are_right():
    asked = check(MATCH.id)
    for row in MATCH.rows:
        asked.on_act("drop", f"{row.key}={row.id}")
    asked.on_act("done", "")
    assert asked.mark.verdict == "right"


@given(
    st.lists(
        st.tuples(st.just("card"), st.sampled_from(CARDS))
        | st.tuples(st.just("place"), st.sampled_from(ROWS))
        | st.tuples(st.just("drop"), st.builds("{}={}".format, st.sampled_from(CARDS),
                                               st.sampled_from(ROWS))),
        max_size=30,
    )
)  # fmt: skip
def test_whatever_is_done_with_cards_is_an_answer_and_is_said(acts):
    cards, answer = MatchCards(MATCH, "en", words("en")), None
    for act, value in acts:
        answer, say, _ = getattr(cards, f"act_{act}")(answer, value)
        assert say
        assert answer is None or (MATCH.takes(answer) and set(answer) <= set(ROWS))
        assert cards.context(answer, False, False)["next_row"] in {None, *ROWS}


names = st.sampled_from(ORDER.right_answer)


@given(
    st.lists(
        st.tuples(st.just("card"), names)
        | st.tuples(st.just("drop"), st.builds("{}={}".format, names, names))
        | st.tuples(st.just("step"), st.builds("{}={}".format, names,
                                               st.sampled_from(["up", "down"]))),
        max_size=30,
    )
)  # fmt: skip
def test_whatever_is_moved_every_row_stays(acts):
    cards, answer = OrderCards(ORDER, "en", words("en")), None
    for act, value in acts:
        answer, say, focus = getattr(cards, f"act_{act}")(answer, value)
        assert say
        assert focus.startswith(ORDER.id)
        assert answer is None or ORDER.takes(answer)


@LANGUAGES
def test_a_row_takes_the_place_of_the_one_it_is_put_on(lang):
    for first, second in ((0, 4), (4, 0)):
        asked, rows = check(ORDER.id, lang=lang), ORDER.shuffled()
        asked.on_act("card", rows[first])
        assert asked.t("lesson.order.in-hand") in page(asked)
        asked.on_act("card", rows[second])
        assert asked.answer.index(rows[first]) == second
        assert asked.focus == f"{ORDER.id}-{rows[first]}"
        (progress.folder() / f"{asked.saved_as}.json").unlink()


def test_arrow_keys_move_a_row_and_stop_at_the_ends():
    cards, rows = OrderCards(ORDER, "en", words("en")), ORDER.shuffled()
    answer = rows
    for _ in rows:
        answer = cards.act_step(answer, f"{rows[2]}=up").answer
    assert answer[0] == rows[2]
    for _ in rows:
        answer = cards.act_step(answer, f"{rows[2]}=down").answer
    assert answer[-1] == rows[2]


@LANGUAGES
def test_an_arrow_is_drawn_from_box_to_box_and_then_gets_its_sign(lang):
    diagram = Diagram(LOOP, lang, words(lang))
    links, say, _ = diagram.act_drop(None, "pay=attitude")
    assert links is None
    assert all(diagram.names[node] in say for node in ("pay", "attitude"))
    links, *_ = diagram.act_sign(links, "+")
    assert links == [["pay", "+", "attitude"]]
    assert diagram.act_drop(links, "pay=pay").answer == links
    assert not diagram.picked

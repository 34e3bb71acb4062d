"""A form of the student's own stories: filled in, coded, counted, and read by a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.exercises.declared import exercise
from crmsim.exercises.kinds.journal import MOST_STORY

TASK = exercise("11-journal")


def filled():
    """Return a whole form, built place by place as a student does."""
    form, options = None, {code.id: code.options[-1].id for code in TASK.codes}
    for place in TASK.places:
        name = place.partition("-")[2]
        form = TASK.changed(form, place, options.get(name, "The cashier walked me to the bus."))
    return form


def test_a_form_is_whole_when_every_story_is_told_and_coded():
    form = filled()
    assert TASK.takes(form)
    assert TASK.open_places(form) == set()
    assert TASK.mark(form).verdict == "waiting"
    for place in TASK.places:
        part = TASK.changed(form, place, "")
        assert TASK.begun(part)
        assert not TASK.takes(part)
        assert TASK.open_places(part) == {place}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("1-group", "nothing"),
        ("6-story", "one more"),
        ("1-mood", "good"),
        ("story", "x"),
        ("", "x"),
    ],
)
def test_what_does_not_belong_into_the_form_changes_nothing(place, value):
    form = filled()
    assert TASK.changed(form, place, value) == form
    assert TASK.mark({**form, place: value}).verdict == "nonsense"


@given(text=st.text(max_size=2 * MOST_STORY))
def test_any_text_can_be_a_story_and_no_more_of_it_is_kept_than_fits(text):
    form = TASK.changed(None, "2-story", text)
    kept = text[:MOST_STORY]
    assert form == ({"2-story": kept} if kept.strip() else None)


def test_codes_are_counted_and_read_out():
    form = filled()
    assert TASK.counted(form, "group") == {"failure": 0, "request": 0, "unprompted": 5}
    assert TASK.counted(None, "feeling") == {"good": 0, "bad": 0}
    told = TASK.said(form, "en")
    assert told.count("The cashier walked me to the bus.") == told.count("tangibles") == 5
    assert TASK.said("🙂", "en") == "🙂"


@pytest.mark.parametrize("answer", [{}, [], 3, "text", {"1-story": ""}, {1: "x"}, {"1-group": []}])
def test_anything_else_is_nonsense(answer):
    assert TASK.mark(answer).verdict == "nonsense"

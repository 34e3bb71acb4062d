"""Points: weights, lateness, several hand-ins, and what a person decides."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import fakes
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim.grading.marks.marks import complete, grades, people, weights
from crmsim.grading.marks.overrides import ManualPoints
from crmsim.grading.marks.roster import Handed, Member
from crmsim.grading.options import Late, Options
from crmsim.grading.result import Item, Problem

DUE = datetime(2026, 12, 1, 12, tzinfo=UTC)
LATE = Options(late=Late(due=DUE, grace_min=30, per_day=0.2, at_most=0.5))
HALF = Item("10-why", "10", 1, 2, "partly")


def decision(student: str, exercise: str, points: float) -> dict[tuple[str, str], ManualPoints]:
    return {
        (student, exercise): ManualPoints(student, exercise, points, "", "overrides.csv: line 2")
    }


@settings(deadline=None)  # the exercises are read once
@given(st.floats(-5, 50), st.floats(0.5, 20), st.floats(0, 100))
def test_points_follow_the_weight_and_stay_within_it(points, out_of, weight):
    item = Item("10-why", "10", points, out_of, "partly")
    (grade,) = grades([fakes.result(items=(item,))], Options(points={"10-why": weight}))
    assert 0 <= grade.points <= grade.out_of == round(weight, 2)


def test_what_can_be_earned_is_the_same_for_everybody():
    one, other = fakes.result("1", items=(HALF,)), fakes.result("2", items=())
    first, second = grades([one, other], Options())
    assert (first.out_of, second.points, second.out_of) == (1, 0, 1)


def test_a_question_that_is_not_for_points_gets_none_by_weight_of_its_lesson():
    can = weights([fakes.result(items=(fakes.item("00-fruit", "same"),))], Options())
    assert can == {"00-fruit": 0}


@pytest.mark.parametrize(
    ("after", "days", "lost"),
    [(-60, 0, 0), (30, 0, 0), (31, 1, 0.2), (30 + 24 * 60, 1, 0.2), (9 * 24 * 60, 9, 0.5)],
)
def test_each_day_begun_costs_its_share_up_to_the_most(after, days, lost):
    made = (DUE + timedelta(minutes=after)).isoformat()
    (grade,) = grades([fakes.result(items=(HALF,), made=made)], LATE)
    assert grade.late.days == days
    assert grade.points == pytest.approx(0.5 * (1 - lost))


def test_the_table_of_times_is_believed_before_the_student():
    result = fakes.result(made=DUE.isoformat())
    said = Handed(DUE + timedelta(hours=5), "times.csv: line 2", "2026001")
    (grade,) = grades([result], LATE, times={"2026001": said})
    assert grade.late.days == 1


@pytest.mark.parametrize("made", [None, "yesterday", "9999-99-99"])
def test_without_a_time_nobody_is_late_and_the_grader_is_told(made):
    (grade,) = grades([fakes.result(made=made)], LATE)
    assert (grade.late.days, grade.late.known) == (0, False)


def test_of_several_the_last_that_can_be_read_counts():
    early = fakes.result(submission="a.zip", made="2026-11-01T10:00:00+00:00", items=(HALF,))
    late = replace(early, submission="b.zip", made="2026-11-02T10:00:00+00:00")
    broken = replace(early, submission="c.zip", made="2026-11-03T10:00:00+00:00", items=())
    (grade,) = grades([late, broken, early], Options())
    assert grade.result.submission == "b.zip"
    assert [flag.kind for flag in grade.flags] == ["twice"]


def test_the_same_file_from_two_students_is_flagged_for_both():
    one, other, third = (fakes.result(number) for number in ("1", "2", "3"))
    graded = grades([one, replace(other, sha256=one.sha256), third], Options())
    assert [[flag.kind for flag in grade.flags] for grade in graded] == [
        ["same-file"],
        ["same-file"],
        [],
    ]


def test_whoever_of_the_class_handed_nothing_in_is_there_with_nothing():
    members = [Member("2026001", "Lin Yue"), Member("2026002", "Bo")]
    lin, bo = grades([fakes.result("２０２６001")], Options(), members)
    assert (lin.key, lin.name, lin.result is None) == ("2026001", "Lin Yue", False)
    assert (bo.key, bo.points, bo.result, bo.out_of) == ("2026002", 0, None, lin.out_of)


def test_a_number_that_is_not_in_the_class_is_flagged():
    stranger = grades([fakes.result("9")], Options(), [Member("1")])[-1]
    assert [flag.kind for flag in stranger.flags] == ["not-listed"]


def test_a_person_has_the_last_word():
    result = fakes.result(items=(HALF, Item("10-goods", "10", 2, 2, "right")))
    decided = decision("2026001", "10-why", 0) | decision("2026001", "late", 0)
    late = replace(result, made=(DUE + timedelta(days=3)).isoformat())
    (grade,) = grades([late], LATE, decided=decided)
    assert (grade.earned, grade.lost, grade.points) == (2, 0, 2)
    (grade,) = grades([late], LATE, decided=decision("2026001", "total", 2.5))
    assert grade.points == 2.5


def test_nobody_gets_anothers_points_by_the_name_of_a_file():
    lin = fakes.result("2026001")
    thief = fakes.result(None, submission="2026001.zip")
    known = people(grades([thief, replace(lin, submission="2026002.zip")], Options()))
    assert known.of("2026001") == "2026001"
    assert known.of("2026001.zip") == "2026001.zip"


def test_a_total_that_a_person_gave_is_out_of_everything_read_or_not():
    waiting = fakes.item("12-why", "Because she expected more.")
    result = fakes.result(items=(HALF, waiting))
    (free,) = grades([result], Options())
    (given_total,) = grades([result], Options(), decided=decision("2026001", "total", 3))
    assert waiting.needs_person
    assert (free.out_of, free.out_of_read) == (1 + waiting.out_of, 1)
    assert given_total.out_of_read == given_total.out_of == free.out_of
    assert (free.points, given_total.points) == (0.5, 3)


def test_only_what_went_wrong_on_the_graders_side_leaves_a_hand_in_incomplete():
    """Whoever handed in nothing is not done again, and a mistake of the student's is graded."""
    problems = {kind: (Problem(kind, "10"),) for kind in ("not-started", "cell-error", "died")}
    found = {kind: fakes.result(problems=told) for kind, told in problems.items()}
    assert {kind: complete(each) for kind, each in found.items()} == {
        "not-started": False,
        "cell-error": True,
        "died": True,
    }
    assert complete(replace(found["died"], problems=()))
    assert not complete(None)
    by_kind = {kind: grades([each], Options())[0].graded for kind, each in found.items()}
    assert by_kind == {"not-started": False, "cell-error": True, "died": True}
    assert not grades([], Options(), [Member("1")])[0].graded

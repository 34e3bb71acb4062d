"""Owner of a hand-in, the one of several that counts, and its lateness."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import fakes
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim.common.text import same
from crmsim.grading.marks.attempts import lateness
from crmsim.grading.marks.marks import Grade, grades, people
from crmsim.grading.marks.owners import number_by_name
from crmsim.grading.marks.roster import Handed, Member, Roster, time_in_text
from crmsim.grading.options import Late, Options
from crmsim.grading.result import Flag, Item, Problem, Result

DAY = timedelta(days=1)
DUE = datetime(2026, 11, 10, 12, tzinfo=UTC)
LATE = Options(late=Late(due=DUE, per_day=0.1))
ANA, BO = Member("0042", "Ana", canvas="4711"), Member("4711", "Bo", "bo", canvas="4712")


def answer(name: str, points: float) -> Item:
    """An exercise worth 2 points that earned so many."""
    return Item(
        name, name[:2], points, 2, "right" if points == 2 else "partly" if points else "wrong"
    )


def blank(name: str) -> Item:
    return Item(name, name[:2], 0, 2, "blank")


def handed(number: str | None, day: int, *items: Item, **more: object) -> Result:
    """A hand-in of November 2026."""
    made = datetime(2026, 11, day, 8, tzinfo=UTC).isoformat()
    named = more.pop("submission", f"{day}-{number}.zip")
    sha256 = f"{named} {items}"
    known = {"items": items, "made": made, "submission": named, "sha256": sha256, "name": "Ana"}
    return fakes.result(number, **(known | more))


def kinds(grade: Grade) -> set[str]:
    return {flag.kind for flag in grade.flags}


def by_exercise(grade: Grade) -> dict[str, float]:
    return {line.item.exercise: line.points for line in grade.lines}


# ---------------------------------------------------------------- which of several counts


def test_lessons_of_several_archives_add_up():
    one = handed(
        "7", 1, answer("10-why", 2), blank("12-why"), problems=(Problem("lesson-missing", "12"),)
    )
    two = handed(
        "7", 2, blank("10-why"), answer("12-why", 1), problems=(Problem("lesson-missing", "10"),)
    )
    (grade,) = grades([two, one], Options(points={"10-why": 2, "12-why": 2}))
    assert by_exercise(grade) == {"10-why": 2, "12-why": 1}
    assert grade.result.submission == "1-7.zip; 2-7.zip"
    assert grade.result.problems == ()


def test_a_lesson_that_is_in_no_archive_is_told_once():
    missing = {1: ("12", "31"), 2: ("10", "31")}
    one, two = (
        handed(
            "7",
            day,
            answer(f"{'10' if day == 1 else '12'}-why", 2),
            problems=tuple(Problem("lesson-missing", place) for place in places),
        )
        for day, places in missing.items()
    )
    (grade,) = grades([one, two], Options())
    assert grade.result.problems == (Problem("lesson-missing", "31"),)


def test_an_answer_taken_back_in_the_latest_counts_where_the_platform_says_it_is_hers():
    one = handed("7", 1, answer("10-why", 2), answer("10-loop", 2), submission="ana_11_1_h.zip")
    two = handed("7", 2, answer("10-why", 0), blank("10-loop"), submission="ana_11_2_h.zip")
    (grade,) = grades([one, two], Options())
    assert grade.points == 0


ATTEMPT = st.dictionaries(
    st.sampled_from(["10-why", "12-why", "31-saving"]), st.sampled_from([0, 1, 2]), min_size=1
)


@settings(max_examples=80, deadline=None)
@given(st.lists(ATTEMPT, min_size=1, max_size=5), st.randoms())
def test_of_every_lesson_the_latest_attempt_counts_in_whatever_order_they_lie(attempts, order):
    weights = {"10-why": 2, "12-why": 2, "31-saving": 2}
    expected: dict[str, float] = {}
    results = []
    for day, attempt in enumerate(attempts, 1):
        expected |= attempt
        items = (answer(n, attempt[n]) if n in attempt else blank(n) for n in weights)
        results.append(handed("7", day, *items))
    order.shuffle(results)
    renamed = [replace(r, submission=f"ana_11_{n}_h.zip") for n, r in enumerate(results)]
    (grade,) = grades(renamed, Options(points=weights))
    assert by_exercise(grade) == dict.fromkeys(weights, 0) | expected


def test_nothing_of_two_names_under_one_number_is_added_up():
    ana = handed("7", 1, answer("10-why", 2), blank("12-why"))
    other = handed("7", 2, blank("10-why"), answer("12-why", 1), name="Bo")
    graded = {grade.key: grade for grade in grades([ana, other], Options())}
    assert by_exercise(graded["7"]) == {"10-why": graded["7"].points, "12-why": 0}
    assert by_exercise(graded["7 (Bo)"])["10-why"] == 0
    assert all("number-of-two" in kinds(grade) for grade in graded.values())


OWN = handed("7", 5, answer("10-why", 2), answer("12-why", 2), submission="own.zip")
SOMEBODY_ELSES = {
    "another name and everything wrong": {"name": "Bo"},
    "another name and a time to come": {"name": "Bo", "made": "2099-01-01T00:00:00+00:00"},
    "her name too": {},
    "her name and a time to come": {"made": "2099-01-01T00:00:00+00:00"},
    "her name in other letters": {"name": "ANA"},
    "no name": {"name": None},
    "no time": {"made": None},
    "full-width digits": {"student": "７"},
    "spaces in the number": {"student": " 7 "},
    "a file that is called after her": {"submission": "7_Ana.zip"},
    "the name of her own file in a folder": {"submission": "spring/own.zip"},
}


@pytest.mark.parametrize("what", SOMEBODY_ELSES)
@pytest.mark.parametrize("members", [(), (Member("7", "Ana"),), (Member("7", "安娜"),)])
@pytest.mark.parametrize("points", [0, 1])
def test_a_number_typed_by_somebody_else_never_costs_its_owner_a_mark(what, members, points):
    """Both are kept, and a person is told; worse answers, or the same number with other ones."""
    theirs = handed("7", 9, answer("10-why", points), answer("12-why", points))
    thief = replace(theirs, **({"submission": "thief.zip"} | SOMEBODY_ELSES[what]))
    graded = {same(g.key): g for g in grades([OWN, thief], LATE, members)}
    owner = graded["7"]
    assert owner.points == owner.out_of
    assert kinds(owner) & {"number-of-two", "twice"}
    kept = {r.submission for g in graded.values() for r in (g.result, *g.earlier) if r}
    assert {OWN.submission, thief.submission} <= {n for each in kept for n in each.split("; ")}


def test_somebody_else_who_hands_in_late_under_her_number_makes_her_no_later():
    late = handed("7", 14, answer("10-why", 2), answer("12-why", 2), submission="thief.zip")
    essay = replace(late, items=(*late.items, Item("31-owner", "31", 0, 5, "blank")))
    for theirs in (late, essay):
        (grade,) = grades([OWN, theirs], LATE)
        assert (grade.points, grade.lost) == (grade.out_of - 5 * (theirs is essay), 0)


def test_nothing_of_two_who_upload_under_one_number_is_put_together():
    victim = handed("7", 1, answer("10-why", 2), submission="Ana_1_assignsubmission_file_/h.zip")
    thief = handed("7", 2, answer("10-why", 0), submission="Bo_2_assignsubmission_file_/h.zip")
    graded = grades([victim, thief], Options())
    assert {g.key: g.points > 0 for g in graded} == {"7 (Ana 1)": True, "7 (Bo 2)": False}
    assert all("two-owners" in kinds(g) for g in graded)


def test_the_platform_says_who_handed_in_and_a_file_can_not():
    members = [Member("1", "Ana Sol"), Member("2", "Bo Li")]
    own = handed("1", 1, answer("10-why", 2), submission="Ana Sol_11_assignsubmission_file_/h.zip")
    copied = replace(own, submission="Bo Li_12_assignsubmission_file_/h.zip", made=own.made)
    ana, bo = grades([own, copied], Options(), members)
    assert (ana.key, kinds(ana)) == ("1", {"same-file"})
    assert (bo.key, kinds(bo)) == ("2", {"other-student", "same-file"})
    assert bo.result.submission.startswith("Bo Li")


def test_one_student_on_two_platforms_is_told_as_one_who_handed_in_twice():
    """Two accounts hand in for her: a person says whether both are hers."""
    members = [Member("1", "Ana Sol", canvas="4711")]
    ways = ("anasol_4711_9_h.zip", "Ana Sol_12_assignsubmission_file_/h.zip")
    several = [handed("1", day, answer("10-why", 2), submission=n) for day, n in enumerate(ways, 1)]
    (grade,) = grades(several, Options(), members)
    assert kinds(grade) == {"twice"}


def test_what_a_platform_handed_over_goes_before_what_a_files_name_says():
    """A zip that is called after her comes later, and says less: nobody has to be told of it."""
    members = [Member("1", "Ana Sol")]
    platform = "Ana Sol_12_assignsubmission_file_/h.zip"
    own = handed(None, 1, answer("10-why", 2), submission=platform)
    named = handed(None, 9, answer("10-why", 0), submission="Ana Sol.zip")
    (grade,) = grades([own, named], Options(), members)
    assert grade.points == grade.out_of
    assert grade.result.submission == platform
    assert "earlier-better" not in kinds(grade)


def test_what_was_found_in_an_earlier_hand_in_that_counts_is_still_there():
    """Code, plays and flags of a lesson that only the first zip holds."""
    one, two = (
        handed(
            "7",
            day,
            answer(f"{lesson}-why", 2),
            code={lesson: f"# of {lesson}"},
            runs=(fakes.play(day, ("talk",), 4.0),),
            flags=(Flag("unusual-code", lesson),),
        )
        for day, lesson in ((1, "10"), (2, "12"))
    )
    (grade,) = grades([one, two], Options())
    assert grade.result.code == {"10": "# of 10", "12": "# of 12"}
    assert {run.seed for run in grade.result.runs} == {1, 2}
    assert {flag.place for flag in grade.result.flags} == {"10", "12"}


def test_handing_in_again_on_a_platform_is_no_cause_for_a_flag():
    one, two = (
        handed("7", day, answer("10-why", day), submission=f"ana_11_{day}_handin-{day}.zip")
        for day in (1, 2)
    )
    (grade,) = grades([one, two], Options())
    assert grade.flags == ()
    assert by_exercise(grade)["10-why"] == grade.out_of


def test_where_no_time_is_known_the_better_counts_and_the_grader_is_told():
    worse, better = (handed("7", 1, answer("10-why", p), made=None) for p in (0, 2))
    for several in ([worse, better], [better, worse]):
        named = [replace(r, submission=f"{place}.zip") for place, r in enumerate(several)]
        (grade,) = grades(named, Options())
        assert grade.points == grade.out_of
        assert "order-unknown" in kinds(grade)


@pytest.mark.parametrize("names", [("L2026", "l2026", "L 2026"), ("２０２６", "2026", " 2026 ")])
def test_one_number_typed_in_several_ways_is_one_student(names):
    results = [handed(n, d, answer("10-why", d - 1)) for d, n in enumerate(names, 1)]
    (grade,) = grades(results, Options())
    assert same(grade.key) == same(names[0])
    assert by_exercise(grade)["10-why"] == grade.out_of


@given(st.lists(st.sampled_from(["42", "0042", "00042", "L7", "l7", "7"]), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_numbers_that_differ_by_zeros_are_two_students_and_each_is_told(numbers):
    results = [
        handed(number, 1 + place, answer("10-why", 1), submission=f"{place}.zip")
        for place, number in enumerate(numbers)
    ]
    graded = grades(results, Options())
    assert len(graded) == len({same(number) for number in numbers})
    near = {"42", "0042", "00042"} & set(numbers)
    assert {g.key for g in graded if "near-number" in kinds(g)} == (
        near if len(near) > 1 else set()
    )


# ---------------------------------------------------------------- who of the class it is


@pytest.mark.parametrize(
    ("listed", "typed"), [("42", "0042"), ("0042", "42"), ("2026001", "2026001.0"), ("7", "007")]
)
def test_a_number_that_lost_its_zeros_meets_where_one_alone_can_be_meant(listed, typed):
    (grade,) = grades([handed(typed, 1, answer("10-why", 2))], Options(), [Member(listed, "Ana")])
    assert (grade.key, grade.member.name, grade.points) == (listed, "Ana", grade.out_of)


def test_it_does_not_meet_where_two_can_be_meant_and_both_are_named():
    members = [Member("42", "Ana"), Member("0042", "Bo")]
    stranger = grades([handed("042", 1, answer("10-why", 2))], Options(), members)[-1]
    assert stranger.member is None
    (near,) = (flag for flag in stranger.flags if flag.kind == "near-number")
    assert near.args["others"] == "0042, 42"


def test_a_number_is_compared_with_numbers_before_any_other_id():
    graded = grades([handed("4711", 1, answer("10-why", 2))], Options(), [ANA, BO])
    points = {grade.name: grade.points for grade in graded}
    assert points["Bo"] > points["Ana"] == 0
    (bo,) = (grade for grade in graded if grade.name == "Bo")
    assert kinds(bo) == {"id-of-two"}


def test_who_else_an_id_could_mean_is_never_who_is_meant():
    assert Roster((ANA, BO)).others("4711", BO) == [ANA]
    assert Roster((ANA, BO)).others("0042", ANA) == []


def test_a_canvas_id_in_a_files_name_is_compared_with_canvas_ids_alone():
    bare = [
        handed(None, day, answer(name, 2), name=None, submission=f"any_4711_{day}_{name[:2]}.ipynb")
        for day, name in ((1, "10-why"), (2, "12-why"))
    ]
    ana, bo = grades(bare, Options(), [ANA, BO])
    assert (ana.name, ana.points, bo.points) == ("Ana", ana.out_of, 0)
    assert number_by_name(bare[0].submission, Roster((ANA, BO))) == "0042"


def test_two_bare_notebooks_of_one_user_are_one_student_without_a_class_list_too():
    bare = [
        handed(None, day, answer(name, 2), name=None, submission=f"ana_4711_{day}_{name[:2]}.ipynb")
        for day, name in ((1, "10-why"), (2, "12-why"))
    ]
    (grade,) = grades(bare, Options())
    assert (grade.key, grade.points) == ("ana 4711", grade.out_of)


@pytest.mark.parametrize(
    "name", ["2026001/ps1", "2026001_Ana_10-buying.ipynb", "handin-2026001 (1).zip", "ana s.zip"]
)
def test_a_name_says_who_of_the_class_it_is_where_the_hand_in_does_not(name):
    bare = handed(None, 1, answer("10-why", 2), submission=name)
    members = [Member("2026001", "Ana S"), Member("10", "Bo")]
    points = {g.name: g.points for g in grades([bare], Options(), members)}
    assert points["Ana S"] > points["Bo"] == 0


def test_a_name_never_puts_anything_in_place_of_what_says_itself_whose_it_is():
    own = handed("2026001", 1, answer("10-why", 2))
    thief = handed(None, 9, answer("10-why", 0), submission="2026001.zip")
    for members in ([], [Member("2026001", "Ana")]):
        graded = {g.key: g for g in grades([own, thief], Options(), members)}
        assert by_exercise(graded["2026001"])["10-why"] > 0


# ---------------------------------------------------------------- when


def test_the_platforms_time_goes_before_the_archives_and_the_claim_comes_last():
    said = handed("7", 1, answer("10-why", 2), sent="2026-11-12T08:00:00")
    stamped = replace(said, stamped="2026-11-14 08:00:00 UTC")
    by_number = {"7": Handed(DUE + 5 * DAY, "times.csv: line 2", "7")}
    by_file = {"1-7.zip": Handed(DUE + 6 * DAY, "times.csv: line 2", "1-7.zip")}
    days = [
        grades([result], LATE, times=times)[0].late.days
        for result, times in (
            (replace(said, sent=None), {}),
            (said, {}),
            (said, by_number),
            (stamped, {}),
            (stamped, by_file),
        )
    ]
    assert days == [0, 2, 5, 4, 6]


@pytest.mark.parametrize("claimed", [11, 20, 30])
def test_a_claim_is_never_later_than_what_the_platform_says(claimed):
    earlier = handed("7", 2, answer("10-why", 0), submission="b.zip")
    claim = handed("7", claimed, answer("10-why", 2), submission="a.zip")
    times = {"7": Handed(DUE - 5 * DAY, "times.csv: line 2", "7")}
    (grade,) = grades([earlier, claim], LATE, times=times)
    assert (grade.points, grade.late.days) == (grade.out_of, 0)


def test_a_hand_in_that_says_no_time_has_that_of_the_table():
    """It is the later one, and counts, though less is right in it."""
    first = handed("7", 2, answer("10-why", 2), submission="ana_11_1_h.zip")
    again = handed("7", 3, answer("10-why", 0), made=None, submission="ana_11_2_h.zip")
    times = {"7": Handed(DUE - 5 * DAY, "times.csv: line 2", "7")}
    (grade,) = grades([first, again], LATE, times=times)
    assert (grade.points, grade.result.submission) == (0, "ana_11_2_h.zip")


def test_a_lesson_handed_in_again_unchanged_is_not_late_and_a_new_one_is():
    first = handed("7", 9, answer("10-why", 2), blank("12-why"))
    again = handed("7", 12, answer("10-why", 2), answer("12-why", 2))
    options = Options(points={"10-why": 10, "12-why": 10}, late=LATE.late)
    (grade,) = grades([first, again], options)
    assert (grade.earned, grade.lost, grade.late.days) == (20, 2, 2)


def test_a_lesson_changed_after_the_due_time_is_late():
    first = handed("7", 9, answer("10-why", 1))
    again = handed("7", 12, answer("10-why", 2))
    (grade,) = grades([first, again], Options(points={"10-why": 10}, late=LATE.late))
    assert (grade.earned, grade.lost) == (10, 2)


BERLIN = ZoneInfo("Europe/Berlin")


def test_of_an_hour_that_the_clocks_repeat_the_earlier_counts():
    assert time_in_text("2026-10-25 02:30", BERLIN).astimezone(UTC).hour == 0


@pytest.mark.parametrize(
    ("due", "local", "days"),
    [
        ("2026-10-24T23:59:00+02:00", "2026-10-25 23:58", 1),  # a day of 25 hours
        ("2026-10-24T23:59:00+02:00", "2026-10-26 00:00", 2),
        ("2026-03-28T23:59:00+01:00", "2026-03-29 23:58", 1),  # a day of 23 hours
        ("2026-03-28T23:59:00+01:00", "2026-03-30 00:00", 1),  # 23 hours and a minute
        ("2026-10-24T23:59:00+02:00", "2026-10-24 23:58", 0),
    ],
)
def test_a_day_is_a_day_where_clocks_change(due, local, days):
    late = Late(due=datetime.fromisoformat(due), zone="Europe/Berlin")
    assert lateness(time_in_text(local, late.zone_info), late).days == days


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.integers(-12, 14),
    st.integers(0, 72 * 60),
)
def test_without_changes_of_clocks_days_are_counted_by_the_clock(due, offset, minutes):
    late = Late(due=due.replace(tzinfo=timezone(timedelta(hours=offset))))
    when = late.due + timedelta(minutes=minutes)
    assert lateness(when, late).days == -(-minutes // (24 * 60))


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01T23:59:00+08:00",
        "2026-12-01 15:59 UTC",
        "2026-12-01 23:59",
        "2026/12/1 23:59",
        "2026年12月1日 23:59",
        "2026.12.01 23:59:00",
        "1 December 2026, 11:59 PM",
        "Tuesday, 1 December 2026, 11:59 PM",
        "2026-12-01 23:59 +0800",
    ],
)
def test_a_time_is_read_as_people_and_platforms_write_it(text):
    zone = timezone(timedelta(hours=8))
    assert time_in_text(text, zone).astimezone(UTC) == datetime(2026, 12, 1, 15, 59, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "1/2/2026 10:00", "2026-13-01 10:00", "23:59"])
def test_a_time_that_can_mean_two_things_or_none_is_not_read(text):
    assert time_in_text(text, UTC) is None


# ---------------------------------------------------------------- what rows may call them


def test_rows_find_a_student_by_number_file_login_or_address_and_never_two():
    members = [Member("1", "Ana", "ana", "a@example.org"), Member("2", "Bo", "bo", "a@example.org")]
    result = handed("1", 1, answer("10-why", 2), submission="x/y.zip")
    known = people(grades([result], Options(), members))
    assert [known.of(name) for name in ("1", "ANA", "x/y.zip", "bo")] == ["1", "1", "1", "2"]
    assert known.of("a@example.org") is None
    assert known.why_not("a@example.org") == "can mean '1' or '2'; write the number"
    assert known.why_not("01").endswith("did you mean '1'?")

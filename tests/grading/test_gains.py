"""Gain of a class and of a student between the two tests, on the pages of the grader."""

from __future__ import annotations

import json
from zipfile import ZipFile

import fakes
import pytest

from crmsim.common.words import LANGUAGES, words
from crmsim.exercises.gain import asked_in_tests, form_pairs
from crmsim.grading.command import publish
from crmsim.grading.marks.judging import AnswerEvidence, Judge
from crmsim.grading.marks.marks import grades
from crmsim.grading.one import grade_one
from crmsim.grading.options import Options
from crmsim.grading.pages.classwide import common_mistakes
from crmsim.grading.pages.feedback import feedback
from crmsim.grading.pages.gains import class_gain
from crmsim.grading.result import Item

PAIRS = form_pairs()
SLIP = {
    task.id: next(o for o in task.options if o.slip) for p in PAIRS for task in (p.before, p.after)
}


def item(task, right):
    """Find a question answered, or left out where `right` is None."""
    if right is None:
        return fakes.item(task.id, None)
    return fakes.item(task.id, task.key if right else SLIP[task.id].id)


def a_student(number, before, after, questions=14, lang="en"):
    """Return one who had the first so many right each time, of the questions she answered."""
    items = []
    for form, right in (("before", before), ("after", after)):
        for place, pair in enumerate(PAIRS):
            task = getattr(pair, form)
            items.append(item(task, place < right if place < questions else None))
    return fakes.result(f"20260{number:02}", items=tuple(items), lang=lang)


def graded(results):
    return grades(results, Options())


def a_class(size=12, lang="en"):
    return [a_student(n, 4 + n % 3, 9 + n % 4, lang=lang) for n in range(size)]


def escaped(text):
    return text.replace("&", "&amp;").replace('"', "&#34;").replace("'", "&#39;")


def handed_in(folder, number, before, after):
    """Pack the records of a student who had the first so many right each time."""
    path = folder / f"2026{number:03}.zip"
    with ZipFile(path, "w") as packed:
        who = {"schema": 1, "number": f"2026{number:03}", "name": f"Somebody {number}"}
        packed.writestr("progress/student.json", json.dumps(who))
        for form, right in (("before", before), ("after", after)):
            for place, pair in enumerate(PAIRS):
                task = getattr(pair, form)
                answer = task.key if place < right else SLIP[task.id].id
                record = {"schema": 1, "answer": answer, "told": True}
                packed.writestr(f"progress/before-{task.id}.json", json.dumps(record))
    return path


def test_hand_ins_of_a_class_tell_what_it_gained(tmp_path):
    """From the zips, through the grader, to the page that is projected."""
    options, shares = Options(), [(3, 8), (5, 9), (2, 11), (6, 6), (4, 12), (5, 10)]
    results = [
        grade_one(handed_in(tmp_path, n, *right), options, b"secret")
        for n, right in enumerate(shares)
    ]
    for result in results:
        tests = [item for item in result.items if item.exercise in asked_in_tests()]
        assert len(tests) == 28
        assert all((item.points, item.out_of) == (0, 0) for item in tests)
        assert not result.flags
    publish(tmp_path / "out", results, options, fakes.NOTHING, "en")
    found = class_gain(graded(results), 5)
    gains = [after - before for before, after in shares]
    assert found.count == 6
    assert found.gain.value == pytest.approx(sum(gains) / 6 / 14)
    page = (tmp_path / "out" / "debrief.html").read_text("utf-8")
    value = f"{100 * found.gain.value:.0f}"
    assert f"The mean gain is {value} percentage points" in page
    assert "Somebody" not in page


def test_a_test_is_judged_and_brings_no_points():
    judge = Judge("2026001", b"")
    for pair in PAIRS:
        for task in (pair.before, pair.after):
            for answer, verdict in ((task.key, "right"), (SLIP[task.id].id, "wrong")):
                found = judge.predicted(task.id, AnswerEvidence(record={"answer": answer}))
                assert (found.verdict, found.points, found.out_of) == (verdict, 0, 0)
            assert judge.predicted(task.id, AnswerEvidence()).verdict == "blank"


def test_the_class_gain_is_that_of_its_students():
    found = class_gain(graded(a_class()), 5)
    before = [4 + n % 3 for n in range(12)]
    after = [9 + n % 4 for n in range(12)]
    assert found.count == 12
    assert found.before == pytest.approx(sum(before) / 12 / 14)
    assert found.after == pytest.approx(sum(after) / 12 / 14)
    assert found.gain.value == pytest.approx(found.after - found.before)
    assert found.of_open.value == pytest.approx(found.gain.value / (1 - found.before))
    assert found.gain.low < found.gain.value < found.gain.high
    assert len(found.topics) == 14
    for place, topic in enumerate(found.topics):
        assert topic.before == pytest.approx(sum(place < right for right in before) / 12)
        assert topic.after == pytest.approx(sum(place < right for right in after) / 12)
        misled = sum(place >= right for right in after)
        assert topic.with_idea == (misled if misled > 1 else 0)
        if misled > 1:
            slip = SLIP[topic.pair.after.id].slip
            assert topic.idea["zh-Hans"] == slip.misconception["zh-Hans"]


def test_a_class_that_gained_nothing_has_an_interval_around_nothing():
    results = [a_student(n, 5 + n % 5, 5 + (n + n // 5) % 5) for n in range(25)]
    found = class_gain(graded(results), 5)
    assert found.gain.value == pytest.approx(0)
    assert found.gain.low < 0 < found.gain.high
    strong = class_gain(graded(a_class()), 5)
    assert strong.gain.low > 0


def test_who_answered_one_test_alone_or_less_than_half_is_not_counted():
    whole = a_class()
    once = [
        fakes.result("2026090", items=tuple(item(pair.before, True) for pair in PAIRS)),
        fakes.result("2026091", items=tuple(item(pair.after, True) for pair in PAIRS)),
        a_student(92, 0, 6, questions=6),
    ]
    found, more = (class_gain(graded(results), 5) for results in (whole, [*whole, *once]))
    assert (more.count, more.gain, more.of_open) == (found.count, found.gain, found.of_open)
    half = class_gain(graded([*whole, a_student(93, 0, 7, questions=7)]), 5)
    assert half.count == 13


@pytest.mark.parametrize(("size", "shown"), [(4, False), (5, True)])
def test_a_handful_of_students_is_not_shown(tmp_path, size, shown):
    publish(tmp_path, a_class(size), Options(), fakes.NOTHING, "en")
    for name in ("debrief", "report"):
        told = (tmp_path / f"{name}.html").read_text("utf-8")
        assert (words("en")("gradebook.gain.title") in told) == shown


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_pages_tell_the_gain_with_its_interval_and_each_idea(tmp_path, lang):
    publish(tmp_path, a_class(), Options(), fakes.NOTHING, lang)
    t = words(lang)
    found = class_gain(graded(a_class()), 5)
    limits = {"low": f"{100 * found.gain.low:.0f}", "high": f"{100 * found.gain.high:.0f}"}
    value = f"{100 * found.gain.value:.0f}"
    for name in ("debrief", "report"):
        told = (tmp_path / f"{name}.html").read_text("utf-8")
        assert t("gradebook.gain.points", value=value, **limits) in told
        assert all(escaped(pair.topic[lang]) in told for pair in PAIRS)
        assert t("gradebook.gain.how") in told


def test_a_class_that_knew_everything_has_no_normalised_gain(tmp_path):
    publish(tmp_path, [a_student(n, 14, 13) for n in range(6)], Options(), fakes.NOTHING, "en")
    told = (tmp_path / "debrief.html").read_text("utf-8")
    assert words("en")("gradebook.gain.title") in told
    assert "The mean gain is −7 percentage points" in told
    assert "normalised" not in told


def test_of_a_class_that_knew_less_afterwards_no_share_of_the_open_part_is_told(tmp_path):
    publish(
        tmp_path, [a_student(n, 9, 6 + n % 2) for n in range(6)], Options(), fakes.NOTHING, "en"
    )
    told = (tmp_path / "debrief.html").read_text("utf-8")
    assert "The mean gain is −18 percentage points" in told
    assert "normalised" not in told
    publish(
        tmp_path, [a_student(n, 6 + n % 2, 9) for n in range(6)], Options(), fakes.NOTHING, "en"
    )
    assert "normalised" in (tmp_path / "debrief.html").read_text("utf-8")


def test_nobody_of_the_class_is_named_with_its_gain(tmp_path):
    publish(tmp_path, a_class(), Options(), fakes.NOTHING, "en")
    told = (tmp_path / "debrief.html").read_text("utf-8")
    assert words("en")("gradebook.gain.title") in told
    assert "林悦" not in told
    assert "20260" not in told


def test_the_tests_do_not_crowd_out_the_mistakes_of_the_lessons():
    wrong = next(o for o in fakes.exercise("10-why").options if o.slip)
    results = [
        fakes.result(
            f"20261{n:02}",
            items=(*a_student(n, 0, 0).items, fakes.item("10-why", wrong.id)),
        )
        for n in range(6)
    ]
    assert [each.item.exercise for each in common_mistakes(graded(results))] == ["10-why"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_student_reads_what_she_gained_once_the_second_test_is_complete(lang):
    def page(result, **options):
        (grade,) = graded([result])
        return feedback(grade, Options(**options))

    t = words(lang)
    whole = page(a_student(1, 4, 9, lang=lang))
    assert t("gain.sum", before=4, after=9, of=14) in whole
    assert t("gain.gain", gain="50 %") in whole
    for place, pair in enumerate(PAIRS):
        told = escaped(SLIP[pair.after.id].slip.misconception[lang]) in whole
        assert told == (place >= 9)
    for hidden in (
        page(a_student(1, 4, 9, questions=13, lang=lang)),
        page(a_student(1, 4, 9, lang=lang), reveal="points"),
    ):
        assert escaped(PAIRS[0].topic[lang]) not in hidden
        for pair in PAIRS:
            for slip in (SLIP[pair.before.id].slip, SLIP[pair.after.id].slip):
                assert escaped(slip.misconception[lang]) not in hidden
                assert escaped(slip.counter[lang]) not in hidden
    items = a_student(1, 0, 9, lang=lang).items[14:]
    assert t("gain.no_before", after=9, of=14) in page(fakes.result(items=items, lang=lang))
    assert t("gradebook.feedback.unmarked_after", answered=14, all=14) in whole
    assert t("gradebook.feedback.unmarked", answered=14, all=14) in whole


def test_a_question_no_longer_declared_is_left_out():
    odd = Item("00-sentence", "00", 0, 0, "wrong", (), "help")
    results = [
        fakes.result(each.student, items=(*each.items, odd), submission=each.submission)
        for each in a_class()
    ]
    assert class_gain(graded(results), 5) == class_gain(graded(a_class()), 5)

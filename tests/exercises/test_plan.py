"""Plans: chosen from a menu under a budget, marked by what they achieve."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.common.words import LANGUAGES, data_path, words
from crmsim.exercises.declared import read_exercises
from crmsim.exercises.exercise import ExerciseError
from crmsim.exercises.kinds import Plan
from crmsim.exercises.plan_outcomes import PLAN_OUTCOMES
from crmsim.widgets.exercises.menu import PlanMenu

DECLARED = Path(__file__).with_name("exercises.toml").read_text("utf-8")
ITEMS = ["all", "few", "call", "text", "lot"]
FILES = [Path(__file__).with_name("exercises.toml"), *sorted(data_path("exercises").glob("*.toml"))]
PLANS = [t for path in FILES for t in read_exercises(path).values() if isinstance(t, Plan)]


@pytest.fixture(scope="module")
def menu() -> Plan:
    return read_exercises(FILES[0])["99-menu"]


def test_every_plan_that_reaches_the_aims_is_right(menu):
    assert menu.mark(["few", "call", "lot"]).verdict == "right"
    assert menu.mark(["lot", "call", "few"]).verdict == "right"
    assert menu.mark(["few", "call", "text", "lot"]).verdict == "right"


def test_an_aim_missed_is_told_and_takes_its_point(menu):
    mark = menu.mark(["few", "call"])
    assert (mark.verdict, mark.points, mark.out_of) == ("partly", 1, 2)
    assert [each.place for each in mark.findings if not each.right] == ["known-aim"]
    assert menu.chosen(["few", "call"], "known-aim", "en") == "0"
    assert menu.chosen(["few", "call"], "won-aim", "zh-Hans") == "8人"


def test_who_spends_more_than_there_is_reaches_nothing_and_hears_by_how_much(menu):
    plan = ["all", "call", "lot"]
    assert menu.spent(plan) == 60 * 3 + 30
    mark = menu.mark(plan)
    assert (mark.verdict, mark.points) == ("wrong", 0)
    (found,) = mark.findings
    assert "110 yuan" in found.because["en"]
    assert "110元" in found.because["zh-Hans"]


def test_the_misconception_behind_an_item_is_told_only_where_the_plan_falls_short(menu):
    mark = menu.mark(["all", "text", "lot"])
    assert [each.misconception["en"] for each in mark.findings if each.misconception] == [
        "You may think m"
    ]
    assert mark.out_of == 2
    assert all(each.misconception is None for each in menu.mark(menu.key).findings)


def test_a_click_takes_an_item_puts_it_back_or_replaces_the_other_of_its_group(menu):
    plan = menu.changed(None, "call", None)
    plan = menu.changed(plan, "all", None)
    assert plan == ["all", "call"]
    assert menu.changed(plan, "few", None) == ["few", "call"]
    assert menu.changed(plan, "text", None) == ["all", "call", "text"]
    assert menu.changed(plan, "call", None) == ["all"]
    assert menu.changed(["all"], "all", None) is None


@given(st.lists(st.sampled_from([*ITEMS, "other", 7]), max_size=6))
def test_only_a_whole_plan_is_an_answer_and_nothing_breaks_it(answer):
    (menu,) = (task for task in PLANS if task.id == "99-menu")
    whole = (
        set(answer) <= set(ITEMS)
        and len(set(answer)) == len(answer)
        and len({"all", "few"} & set(answer)) == 1
        and bool({"call", "text"} & set(answer))
    )
    assert menu.takes(answer) == whole
    assert (menu.mark(answer).verdict == "nonsense") == (not whole)
    assert menu.said(answer, "zh-Hans") or not answer


def test_what_is_still_open_is_said_and_shown(menu):
    told, places = menu.note(["lot"], "nonsense")
    assert places == {"left": 2}
    for lang in LANGUAGES:
        assert "2" in words(lang)(f"lesson.{told}", **places)
        shown = PlanMenu(menu, lang, words(lang)).context(["lot"], False, False)
        assert shown["still_open"] == ["whom", "channel"]
    assert menu.note(menu.right_answer, None) is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_menu_says_what_is_left_and_what_was_achieved(menu, lang):
    view = PlanMenu(menu, lang, words(lang))
    before = view.context(menu.right_answer, False, False)
    assert before["results"] == []
    assert "10" in before["budget"]
    after = view.context(menu.right_answer, True, False)
    assert [line.met for line in after["results"]] == [True, True, None]
    assert view.context(["all", "call"], True, False)["over"]


def test_said_names_each_group_with_what_was_taken(menu):
    assert menu.said(["few", "call", "text"], "en") == "Whom: A few; Channel: Call + Text"
    assert "Whom: A few" in menu.solution("en")


def plans(task: Plan, most: int = 4):
    """Every whole plan of a menu, with no more than so many of a group that allows several."""
    found = [[]]
    for group in task.groups:
        items = [item.id for item in task.items if item.group == group.id]
        sizes = range(int(group.needed), (1 if group.one else min(most, len(items))) + 1)
        choices = [list(each) for size in sizes for each in combinations(items, size)]
        found = [[*plan, *choice] for plan in found for choice in choices]
    return found


@pytest.mark.parametrize("task", PLANS, ids=lambda task: task.id)
def test_a_menu_is_no_lottery_and_has_no_first_prize(task):
    """Few plans are right, more than one is, and the dearest is not."""
    every = [plan for plan in plans(task) if task.takes(plan)]
    right = [plan for plan in every if task.mark(plan).verdict == "right"]
    assert len(every) >= 8
    assert 2 <= len(right) <= len(every) / 4
    dearest = max(every, key=task.spent)
    assert task.mark(dearest).verdict != "right"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ('outcome = "totals"', 'outcome = "total"'),
        ('group = "whom", text = { en = "A few"', 'group = "who", text = { en = "A few"'),
        ('key = ["few", "call", "lot"]', 'key = ["few", "call"]'),
        ('key = ["few", "call", "lot"]', 'key = ["few", "cal", "lot"]'),
        ('key = ["few", "call", "lot"]', 'key = ["few", "lot"]'),
        ('of = "won"', 'of = "one"'),
        ('id = "won-aim"', 'id = "budget"'),
        ("budget = 100", "budget = 89"),
        ("budget = 100", "budget = 100\nsettings = { people = 3 }"),
    ],
)
def test_each_mistake_of_a_menu_is_told(tmp_path, change, told):
    file = tmp_path / "99.toml"
    assert change in DECLARED
    file.write_text(DECLARED.replace(change, told), "utf-8")
    with pytest.raises(ExerciseError, match="99-menu: "):
        read_exercises(file)


def test_every_function_of_a_plan_is_used():
    assert {task.outcome for task in PLANS} == PLAN_OUTCOMES.keys()

"""Functions and explanations that a student writes, her own variant, and what her own run says."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmsim import check, play, simulate
from crmsim.course import progress, student
from crmsim.exercises import declared, run_values
from crmsim.exercises.kinds.explain import MOST_EXPLANATION_SIGNS
from crmsim.exercises.variants import variant_of

HERE = Path(__file__).parent
LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh-Hans"])


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    """The small exercises of the tests as lesson 99, and a work folder of one's own."""
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))
    file = HERE.with_name("exercises") / "exercises.toml"
    monkeypatch.setattr(declared, "_files", lambda *_: (file,))


def page(widget) -> str:
    return widget.regions["exercise"]


@LANGUAGES
def test_a_function_is_told_which_example_fails_and_what_that_means(lang):
    shown = check("99-f", lambda perceived, expected: expected / perceived, lang=lang)
    failed = shown.task.examples[1]
    assert "ratio(0.3, 0.6)" in page(shown)
    assert failed.slips[0].counter[lang] in page(shown)
    assert shown.summary == shown.t("lesson.verdict.partly")
    assert progress.load_record("answer-99-f")["answer"] == [1.0, 2.0]
    right = check("99-f", lambda perceived, expected: perceived / expected, lang=lang)
    assert right.summary == shown.t("lesson.verdict.right")
    assert right.t("lesson.function.means") not in page(right)


@LANGUAGES
def test_a_function_that_raises_is_shown_its_error_and_the_notebook_goes_on(lang):
    shown = check("99-f", lambda perceived: perceived, lang=lang)
    assert "TypeError" in page(shown)
    assert "list" in page(check("99-f", lambda p, e: [p], lang=lang))


def test_a_function_left_blank_asks_for_it_and_names_the_way_by_clicking():
    def ratio(perceived, expected): ...

    shown = check("99-f", ratio)
    assert shown.t("lesson.function.twin") in page(shown)
    assert progress.load_record("answer-99-f") is None
    check("99-f", lambda p, e: p / e)
    assert "marked" in check("99-f", ratio).record, "what was right yesterday stays"


@LANGUAGES
def test_a_function_that_gives_nothing_back_is_told_so_and_not_what_an_earlier_one_gave(lang):
    def ratio(perceived, expected):
        perceived / expected

    check("99-f", lambda perceived, expected: perceived - expected, lang=lang)
    shown = check("99-f", ratio, lang=lang)
    assert shown.t("lesson.function.nothing") in page(shown)
    assert page(shown).count(f"✗ {shown.t('lesson.function.none')}") == 2
    assert shown.t("lesson.function.means") not in page(shown)


@LANGUAGES
def test_an_explanation_is_saved_as_it_is_written_and_waits_for_a_person(lang):
    shown = check("99-why", lang=lang)
    assert "<textarea" in page(shown)
    shown.on_act("answer", "text")
    assert not progress.load_record("answer-99-why").get("answer"), (
        "a click into the field is no answer"
    )
    shown.on_act("answer", 'text=因为 a < b && "期望" = 高\n第二行')
    kept = progress.load_record("answer-99-why")
    assert (kept["answer"].splitlines()[1], kept["verdict"]) == ("第二行", "waiting")
    again = check("99-why", lang=lang)
    assert "a &lt; b" in page(again)
    assert shown.t("lesson.explain.saved", points=3) in page(again)
    again.on_act("answer", "text=🦋" + "字" * (MOST_EXPLANATION_SIGNS - 2))
    assert again.t("lesson.explain.full", most=f"{MOST_EXPLANATION_SIGNS:,}") in page(again)
    again.on_act("answer", "text=")
    assert progress.load_record("answer-99-why")["verdict"] == "nonsense"


def number_with(variant: int) -> str:
    numbers = (str(n) for n in range(100))
    return next(n for n in numbers if variant_of(n, "99-ratio", 2) == variant)


def test_everybody_gets_numbers_of_her_own_and_a_change_of_number_loses_no_answer():
    student.enter(number_with(1))
    shown = check("99-ratio")
    assert "Old Liu expected 0.5" in page(shown)
    shown.on_act("answer", "answer=2")
    shown.on_act("done", "")
    assert shown.summary == shown.t("lesson.verdict.right")
    assert progress.load_record("answer-99-ratio")["variant"] == 1
    student.enter(number_with(0))
    assert "Lin Yue expected 1,200" in page(check("99-ratio"))
    assert progress.load_record("answer-99-ratio") is None
    kept = list(progress.folder().glob("answer-99-ratio.other-*.json"))
    assert len(kept) == 1


def test_without_a_number_the_first_variant_is_asked_and_the_number_asked_for():
    shown = check("99-ratio")
    assert shown.t("lesson.no_number") in page(shown)
    shown.on_act("answer", "answer=1.25")
    shown.on_act("done", "")
    assert shown.mark.verdict == "right"


def test_the_counter_example_comes_from_the_run_that_the_lesson_hands_over():
    student.enter(next(n for n in map(str, range(100)) if variant_of(n, "99-who", 2) == 1))
    run = simulate("buick-market", seed=2)
    for given, told in ((run, "lowest in week"), (None, "less"), (simulate("buick"), "less")):
        shown = check("99-who", run=given)
        shown.on_act("answer", "pleased")
        shown.on_act("done", "")
        assert told in page(shown)


def test_a_play_not_yet_at_its_end_fills_no_counter_example(monkeypatch):
    game = play("showroom", seed=17)
    assert run_values.values_of_run(game)["en"] == {}
    monkeypatch.setattr(type(game), "finished", True)
    assert run_values.values_of_run(game)["en"]["customer"] == "Xu Ning"


@pytest.mark.parametrize("wreck", [{"answer": 7}, {"answer": ["x"], "hints": 1}, {"tries": "many"}])
def test_what_cannot_be_gone_on_with_is_put_aside_and_the_rest_kept(wreck):
    progress.save("answer-99-why", wreck)
    again = check("99-why")
    again.on_act("answer", "text=now")
    assert progress.load_record("answer-99-why")["answer"] == "now"
    assert again.record.get("hints") == (1 if "hints" in wreck else None)
    assert len(list(progress.folder().glob("answer-99-why.damaged-*.json"))) == 1

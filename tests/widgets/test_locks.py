"""First the guess, then the run: what is locked opens as soon as the prediction is saved."""

from __future__ import annotations

import asyncio
import threading
import time

import plotly.graph_objects as go
import pytest
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell

from crmsim import check, predict, reveal
from crmsim.course import progress
from crmsim.exercises.kinds import Number
from crmsim.widgets.locks import Lockable

BET, COURSE = "10-bet-floor", "31-reputation"
LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh-Hans"])


pytestmark = pytest.mark.usefixtures("work")


class Counter(Lockable):
    """A stage that counts."""

    def __init__(self, after, lang="en"):
        super().__init__(after)
        self.show({"middle": "<p>one</p>"}, lang=lang, screen="visit")

    def on_act(self, act, value):
        self.show({"middle": f"<p>{value}</p>"}, screen="visit")


@LANGUAGES
def test_a_stage_shows_what_is_asked_first_and_opens_by_itself(lang):
    stage, open_stage = Counter(BET, lang), Counter(())
    asked = predict(BET, lang=lang)
    assert asked.task.question[lang] in stage.regions["lock"]
    assert open_stage.regions == {"middle": "<p>one</p>"}
    asked.on_act("answer", "answer=")
    assert stage.screen == "lock"
    asked.on_act("answer", "answer=8")
    assert (stage.screen, stage.regions) == ("visit", {"middle": "<p>one</p>"})
    assert Counter(BET).screen == "visit", "tomorrow as well"


def test_a_prediction_made_elsewhere_opens_it_when_asked():
    stage = Counter((BET, "10-why"))
    progress.save(f"answer-{BET}", {"answer": "8"})
    stage._hear(None, {"act": "unlock", "value": "", "serial": 1}, None)
    assert stage.screen == "lock", "both are asked"
    progress.save("before-10-why", {"answer": "heard"} | {"answer": predict("10-why").task.key})
    stage._hear(None, {"act": "unlock", "value": "", "serial": 2}, None)
    assert stage.screen == "visit"


@LANGUAGES
def test_who_has_seen_what_came_changes_no_prediction_that_is_still_on_the_page(lang):
    asked = predict(BET, lang=lang)
    asked.on_act("answer", "answer=8")
    check(BET, came=3, lang=lang)
    seen = progress.load_record(f"answer-{BET}")
    assert seen["came"] == 3
    asked.on_act("answer", "answer=3")
    assert progress.load_record(f"answer-{BET}") == seen
    page = asked.regions["exercise"]
    assert asked.t("lesson.locked") in page
    assert 'value="8"' in page
    assert "disabled" in page


def test_half_a_drawing_opens_nothing():
    stage, asked = Counter(COURSE), predict(COURSE)
    came = check(COURSE, came=[50, 45, 40, 40, 40, 40, 40, 40])
    asked.on_act("draw", "50 45")
    assert stage.screen == "lock"
    assert came.t("lesson.gap.none") in came.regions["exercise"]
    asked.on_act("draw", "50 45 40 40 40 40 40 40")
    assert stage.screen == "visit"
    assert came.t("lesson.gap.none") not in came.regions["exercise"]


@LANGUAGES
def test_a_result_is_shown_only_once_the_prediction_is_saved_and_nothing_breaks_before(lang):
    made = []

    def figure():
        made.append("seen")
        return "figure"

    closed = reveal(figure, after=BET, lang=lang)
    shown, _ = DisplayFormatter().format(closed)
    asked = predict(BET, lang=lang)
    assert asked.task.question[lang] in shown["text/html"]
    assert shown["text/plain"] == asked.t("lesson.lock.title")
    assert made == []
    asked.on_act("answer", "answer=8")
    assert reveal(figure, after=BET, lang=lang) == "figure"
    assert reveal(3, after=(BET,)) == 3


def test_a_teachers_copy_is_never_locked(tmp_path, monkeypatch):
    folder = tmp_path / "teacher" / "en"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    assert Counter(BET).screen == "visit"
    assert reveal(3, after=BET) == 3


@LANGUAGES
def test_what_waited_appears_in_its_place_by_itself_and_fixes_the_prediction(lang):
    closed, came = reveal(40 + 2, after=BET, lang=lang), check(BET, came=3, lang=lang)
    asked = predict(BET, lang=lang)
    assert "crmsim-closed" in closed.outputs[0]["data"]["text/html"]
    assert "crmsim-closed" in came.regions["exercise"]
    asked.on_act("answer", "answer=8")
    assert [each["data"]["text/plain"] for each in closed.outputs] == ["42"]
    assert "crmsim-closed" not in came.regions["exercise"]
    assert progress.load_record(f"answer-{BET}")["came"] == 3
    assert asked.t("lesson.locked") in asked.regions["exercise"]


@LANGUAGES
def test_what_waits_for_a_marked_question_opens_when_that_is_marked(lang):
    closed = reveal(40 + 2, after="30-silent", lang=lang)
    question = check("30-silent", lang=lang)
    assert "crmsim-closed" in closed.outputs[0]["data"]["text/html"]
    question.on_act("done", "")
    assert [each["data"]["text/plain"] for each in closed.outputs] == ["42"]


def test_a_number_is_an_answer_when_the_hand_has_rested_and_a_click_at_once(monkeypatch):
    monkeypatch.setattr(Number, "REST_S", 0.05)

    async def typed() -> list[str]:
        stage, asked = Counter(BET), predict(BET)
        seen = []
        for value in ("2", "22"):
            asked.on_act("answer", f"answer={value}")
            await asyncio.sleep(0)
            seen.append(stage.screen)
        while stage.screen == "lock":
            await asyncio.sleep(0.01)
        return seen

    assert asyncio.run(typed()) == ["lock", "lock"]
    assert progress.load_record(f"answer-{BET}")["answer"] == "22"


@pytest.fixture
def shell():
    """The shell of a kernel; a thread of its own answers the widgets beside the cell that runs."""
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_what_opens_leaves_the_display_alone_of_a_cell_that_runs_meanwhile(shell):
    # the kernel throws the request for a cell away that meets another display than its own
    display, seen = shell.display_pub, []

    class Noted:
        def _repr_html_(self):
            seen.append(shell.display_pub)
            return "<p>noted</p>"

    closed = reveal(Noted(), after=BET)
    predict(BET).on_act("answer", "answer=8")
    assert closed.outputs[0]["data"]["text/html"] == "<p>noted</p>"
    assert seen == [display]


def test_a_figure_and_a_sheet_of_questions_open_as_a_cell_would_show_them(shell):
    drawn = reveal(go.Figure({"layout": {"title": {"text": "cash"}}}), after=BET)
    asked = reveal(predict("10-why", "10-bet-stage"), after=BET)
    predict(BET).on_act("answer", "answer=8")
    (figure,) = drawn.outputs
    assert figure["data"]["application/vnd.plotly.v1+json"]["layout"]["title"]["text"] == "cash"
    views = [each["data"]["application/vnd.jupyter.widget-view+json"] for each in asked.outputs]
    assert len(views) == 2


def test_what_opens_may_bring_something_that_waits_for_more():
    closed = reveal(lambda: reveal(40 + 2, after="10-why"), after=BET)
    predict(BET).on_act("answer", "answer=8")
    (within,) = closed.outputs
    assert "application/vnd.jupyter.widget-view+json" in within["data"]


def test_a_cell_that_runs_while_an_answer_opens_something_waits_its_turn():
    begun, order = threading.Event(), []

    def a_cell():
        begun.wait()
        reveal(0, after="10-why")
        order.append("cell")

    def made():
        begun.set()
        time.sleep(0.1)
        order.append("opened")
        return 40 + 2

    closed, cell = reveal(made, after=BET), threading.Thread(target=a_cell)
    cell.start()
    predict(BET).on_act("answer", "answer=8")
    cell.join()
    assert order == ["opened", "cell"]
    assert closed.outputs[0]["data"]["text/plain"] == "42"


def test_of_an_answer_and_its_outcome_at_the_same_time_none_is_lost(monkeypatch):
    load_record = progress.load_record

    def slowly(*args):
        record = load_record(*args)
        time.sleep(0.002)  # the other thread writes now, if it may
        return record

    monkeypatch.setattr(progress, "load_record", slowly)
    for _ in range(10):
        progress.set_record_aside(f"answer-{BET}", "earlier")
        asked = predict(BET)
        asked.on_act("answer", "answer=5")
        cell = threading.Thread(target=lambda: check(BET, came=3))
        cell.start()
        asked._hear(None, {"act": "answer", "value": "answer=8", "serial": 1}, None)
        cell.join()
        kept = progress.load_record(f"answer-{BET}")
        assert kept["came"] == 3
        assert f'value="{kept["answer"]}"' in asked.regions["exercise"]

"""Records that were edited, forged or borrowed: answers are marked again, games played again."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import to_builtins

from crmsim.exercises.variants import seed_of
from crmsim.grading.command import Tables, publish
from crmsim.grading.marks.queue import Filled
from crmsim.grading.options import Options
from crmsim.grading.reading.released import released_lessons
from crmsim.runs.run import simulate
from crmsim.scenario import load

pytestmark = pytest.mark.usefixtures("kept_kernel")

VISIT = [("seat", "seller")]
NOTHING = Tables((), {}, (), Filled(), ())


def test_what_a_record_says_of_itself_is_not_believed(clicked: Any, graded: Any):
    handed_in = clicked()
    handed_in.records["answer-10-why.json"] = {
        "answer": "no such option",
        "verdict": "right",
        "points": 99,
        "marked": True,
        "tries": -5,
    }
    came = graded(handed_in)
    assert came.points("10-why") == 0
    assert "claims-right" in came.flags


ANSWERS = [None, True, 0, -1, 1e308, "", "x" * 10_000, [], {}, [[]], {"a": {"b": []}}, [None] * 9]


def test_no_answer_of_any_form_earns_by_its_form_in_any_lesson(clicked: Any, graded: Any):
    every = tuple(released_lessons("en"))
    handed_in = clicked(*every)
    names = [name for name in handed_in.records if name.startswith(("answer-", "before-"))]
    for odd in ANSWERS:
        handed_in.records |= {name: {"answer": odd} for name in names}
        came = graded(handed_in, chosen=every)
        assert {item.lesson for item in came.result.items} == set(every)
        assert {item.verdict for item in came.result.items} <= {
            *("blank", "nonsense", "wrong", "predicted", "waiting"),
        }
        assert came.result.points == 0


def test_a_record_that_is_no_record_costs_itself_alone(clicked: Any, graded: Any):
    handed_in = clicked()
    handed_in.records["answer-10-why.json"] = b"{'answer':"
    handed_in.records["answer-10-loop.json"] = b"[" * 100_000
    handed_in.records["student.json"] = b"null"
    came = graded(handed_in)
    assert "unreadable-record" in came.problems
    assert came.below_full("10") == {"10-why", "10-loop"}
    assert came.result.student == "2026001"


def test_a_file_changed_after_the_hand_in_was_made_is_flagged(clicked: Any, graded: Any):
    handed_in = clicked()
    name = "progress/answer-10-why.json"
    right = handed_in.files()[name]
    handed_in.records["answer-10-why.json"] = {"answer": "x"}
    handed_in.others[name] = right
    assert "edited-file" in graded(handed_in).flags


def test_a_number_that_is_not_that_of_the_folder_is_flagged(clicked: Any, graded: Any):
    handed_in = clicked()
    handed_in.records["student.json"] = {"number": "2026999", "name": "x"}
    came = graded(handed_in)
    assert "other-number" in came.flags
    assert came.result.student == "2026001"


def test_who_entered_a_number_before_hers_is_seen(clicked: Any, graded: Any):
    handed_in = clicked()
    earlier = [{"number": "2026002", "name": "y"}]
    handed_in.records["student.json"] = {"number": "2026001", "earlier": earlier}
    assert "earlier-number" in graded(handed_in).flags


def test_a_game_is_played_again(clicked: Any, graded: Any, played: Any):
    handed_in = clicked()
    first = simulate("buick", seed=20).actions[0]
    handed_in.records["buick-20.json"] = played("buick", 20, *VISIT, ("choose", first))
    came = graded(handed_in)
    assert came.result.items
    assert came.result.flags == ()


def test_a_finished_game_is_told_with_what_it_came_to(clicked: Any, graded: Any, played: Any):
    handed_in = clicked()
    record = simulate("buick", seed=4).record
    handed_in.records["mine.json"] = record
    (run,) = graded(handed_in).result.runs
    assert (run.scenario, run.seed, list(run.actions)) == ("buick", 4, list(record["actions"]))
    assert run.outcome["satisfaction"] == pytest.approx(simulate("buick", seed=4).view.satisfaction)


def forged(record: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return record | changes


FORGED = {
    "a choice that was never on offer": (
        {"acts": [["seat", "seller"], ["choose", "gift"]]},
        "never-on-offer",
    ),
    "acts out of order": ({"acts": [["bet", "buys"]]}, "never-on-offer"),
    "acts that are none": ({"acts": [1, None, {}]}, "never-on-offer"),
    "no list of acts": ({"acts": "seat"}, "never-on-offer"),
    "another seed inside": ({"seed": 21}, "renamed-record"),
    "another case inside": ({"scenario": "showroom"}, "renamed-record"),
    "a case from a file": ({"scenario": "/etc/passwd"}, "unknown-case"),
    "a case of no form": ({"scenario": ["buick"]}, "unknown-case"),
    "a seed of no form": ({"seed": "20"}, "unknown-case"),
    "made with an older case": (
        {"sha256": "0" * 64, "acts": [["choose", "gone"]]},
        "other-version",
    ),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_game_is_flagged_and_costs_nothing_else(
    what: str, clicked: Any, graded: Any, played: Any
):
    changes, flag = FORGED[what]
    handed_in = clicked()
    handed_in.records["buick-20.json"] = played("buick", 20, *VISIT) | changes
    came = graded(handed_in)
    assert flag in came.flags
    assert came.below_full("10") == set()


def test_a_run_with_an_action_that_was_never_on_offer_is_flagged(clicked: Any, graded: Any):
    handed_in = clicked()
    record = simulate("buick", seed=4).record
    record["actions"][3] = "give-the-car-away"
    handed_in.records["mine.json"] = record
    came = graded(handed_in)
    assert "never-on-offer" in came.flags
    assert next(f for f in came.result.flags if f.kind == "never-on-offer").args["act"] == 4


def test_a_game_without_end_is_given_up_in_time(clicked: Any, graded: Any, played: Any):
    handed_in = clicked()
    acts = [["seat", "seller"], ["choose", simulate("buick", seed=20).actions[0]], ["rewind", "0"]]
    endless = acts[:1] + acts[1:] * 2400
    handed_in.records["buick-20.json"] = played("buick", 20) | {"acts": endless}
    started = time.monotonic()
    came = graded(handed_in)
    assert time.monotonic() - started < 60
    assert came.below_full("10") == set()


def test_who_plays_only_with_anothers_luck_is_flagged(monkeypatch: Any, clicked: Any, graded: Any):
    """Lesson 31 is played with a seed that follows from the number."""
    handed_in = clicked()
    for number, flags in (("2026002", {"other-seed"}), ("2026001", set())):
        seed = seed_of(number, "31")
        record = {"scenario": "buick-market", "seed": seed, "sha256": "", "acts": []}
        handed_in.records = {
            name: each for name, each in handed_in.records.items() if "market" not in name
        } | {f"buick-market-{seed}.json": record}
        assert graded(handed_in).flags == flags


def test_hundreds_of_games_are_not_all_played_again(clicked: Any, graded: Any, played: Any):
    handed_in = clicked()
    for seed in range(60):
        handed_in.records[f"buick-{seed}.json"] = json.dumps(
            {"scenario": "buick", "seed": seed, "acts": [], "sha256": ""}
        ).encode()
    assert "many-sessions" in graded(handed_in).flags


CAME = [
    "Professor W. cannot teach",
    ["Professor", "W."],
    {"a": "b"},
    [1e308, -1e308, 1e308],
    1e300,
    True,
    [[1, 2], 3],
    "x" * 10_000,
]


@pytest.mark.parametrize("came", CAME, ids=lambda came: str(came)[:20])
def test_what_came_is_never_a_students_own_words(came: Any, clicked: Any, graded: Any):
    handed_in = clicked()
    for name in list(handed_in.records):
        handed_in.records[name] = {**handed_in.records[name], "came": came}
    handed_in.records["answer-10-bet-floor.json"] = {"answer": 2, "came": came}
    found = graded(handed_in)
    assert found.below_full("10") == set()
    shown = [item.came for item in found.result.items if item.came is not None]
    assert "Professor" not in str(shown)


def test_a_play_of_a_case_of_her_own_making_is_told_from_the_others(clicked: Any, graded: Any):
    handed_in = clicked()
    case = load("buick")
    own = simulate(case.change(parameters={"surprise_half_life_visits": 2}), seed=4).record
    hers = simulate(case.change(persona="lin-yue"), seed=4).record
    for name, record in (("own.json", own), ("persona.json", hers)):
        handed_in.records[name] = record
    runs = graded(handed_in).result.runs
    assert {bool(run.changed) for run in runs} == {True, False}


CHANGED = {
    "another half-life": {"parameters": {"surprise_half_life_visits": 2}},
    "a chair and a number": {"seat": "seller", "parameters": {"surprise_half_life_visits": 3}},
    "a number and a customer": {
        "persona": "lin-yue",
        "parameters": {"surprise_half_life_visits": 4},
    },
}


@pytest.mark.parametrize("what", CHANGED)
def test_no_form_of_a_changed_case_counts_as_a_play_of_the_course(
    what: str, clicked: Any, graded: Any
):
    handed_in = clicked()
    handed_in.records["own.json"] = simulate(load("buick").change(**CHANGED[what]), seed=4).record
    came = graded(handed_in)
    (run,) = came.result.runs
    assert run.changed
    assert came.below_full("10") == set()


FRAUD = "professor-w-is-a-fraud"


def own_choice(raw: dict[str, Any]) -> dict[str, Any]:
    """Touchpoints whose first choice has a name of hers."""
    points = list(raw["touchpoints"])
    choices = [points[0]["choices"][0] | {"id": FRAUD}, *points[0]["choices"][1:]]
    return {"touchpoints": [points[0] | {"choices": choices}, *points[1:]]}


def own_words(raw: dict[str, Any]) -> dict[str, Any]:
    """Touchpoints whose choices say what she likes."""
    points = list(raw["touchpoints"])
    said = {"en": FRAUD, "zh-Hans": FRAUD}
    choices = [each | {"does": said} for each in points[0]["choices"]]
    return {"touchpoints": [points[0] | {"choices": choices}, *points[1:]]}


def own_title(raw: dict[str, Any]) -> dict[str, Any]:
    """A title of hers."""
    return {"title": {"en": FRAUD, "zh-Hans": FRAUD}}


def own_customer(raw: dict[str, Any]) -> dict[str, Any]:
    """One more customer, who is then the one that is served."""
    return {"personas": [*raw["personas"], raw["personas"][0] | {"id": FRAUD}], "persona": FRAUD}


@pytest.mark.parametrize("own", [own_choice, own_words, own_title, own_customer])
def test_a_case_with_words_of_her_own_never_reaches_the_page_that_is_projected(
    own: Any, make: Any, graded: Any, tmp_path: Path
):
    """Five who do it would be enough to be shown."""
    case = load("buick")
    record = simulate(case.change(**own(to_builtins(case))), seed=4).record
    handed_in = make("en", ("10",))
    handed_in.books = {}
    handed_in.records["own.json"] = json.loads(json.dumps(record))
    came = graded(handed_in)
    assert came.below_full("10") == set()
    assert [run.changed for run in came.result.runs] == [True]
    results = [replace(came.result, student=f"202600{place}") for place in range(6)]
    publish(tmp_path, results, Options(), NOTHING, "en")
    page = (tmp_path / "debrief.html").read_text("utf-8")
    assert FRAUD not in page
    assert "how it ended for each" not in page


SEEDS = [[1], {}, {"a": [1]}, None, True, -1, 10**30, 1.5, "", "20", [[]], "x" * 10_000]


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: str(seed)[:12])
def test_a_seed_of_any_form_costs_its_own_records_alone(seed: Any, clicked: Any, graded: Any):
    handed_in = clicked()
    for file in ("buick-20.json", "buick-market-31.json", "mine.json"):
        case = "buick-market" if "market" in file else "buick"
        record = {"scenario": case, "seed": seed, "acts": [], "actions": [], "sha256": ""}
        handed_in.records[file] = record
    came = graded(handed_in)
    assert "broke-grader" not in came.problems
    assert came.below_full("10") == set()


def test_right_answers_count_however_she_came_by_them_and_words_wait_for_a_person(
    whole: Any, graded: Any
):
    """Keys of questions that are clicked can be read at home: the handbook says so."""
    handed_in = whole()
    handed_in.books = {}
    came = graded(handed_in)
    assert came.below_full() == set()
    assert [i.exercise for i in came.result.items if i.needs_person] == ["12-why"]
    assert came.item("12-satisfaction").note == "twin"


@pytest.mark.parametrize("number", ["2026002", "2026003", "2026004", "2026005"])
def test_a_neighbours_keys_are_wrong_where_she_has_numbers_of_her_own(
    number: str, make: Any, graded: Any
):
    theirs, hers = make("en", ("12",), number), make("en", ("12",))
    counts_for = {"12-formula": "12-satisfaction"}
    own = ("12-formula", "12-zone", "12-fade", "12-everybody")
    differ = {
        counts_for.get(name, name)
        for name in own
        if theirs.records[f"answer-{name}.json"]["answer"]
        != hers.records[f"answer-{name}.json"]["answer"]
    }
    theirs.number, theirs.books = hers.number, {}
    assert differ
    assert graded(theirs).below_full("12") == differ


def test_without_code_and_without_its_clicked_twin_a_function_earns_nothing(
    whole: Any, graded: Any
):
    handed_in = whole()
    handed_in.books = {}
    del handed_in.records["answer-12-formula.json"]
    assert graded(handed_in).below_full() == {"12-satisfaction"}

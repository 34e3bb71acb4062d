"""Writing a case: laid down valid, never overwritten, looked through to the end, and played."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from functools import partial
from pathlib import Path

import nbformat
import pytest

from crmsim import ScenarioError, aftermath, load, simulate
from crmsim.authoring.notebook import write_notebook
from crmsim.authoring.report import mistake_lines, review, texts
from crmsim.authoring.skeleton import lay_down
from crmsim.authoring.toml import written
from crmsim.authoring.walks import ChoiceVerdict, on_offer, rivals, walks, weak_choices
from crmsim.cli import main
from crmsim.common.words import LANGUAGES, data_path

COURSE = sorted(path.stem for path in data_path("scenarios").glob("*.toml"))
pytestmark = pytest.mark.usefixtures("compiled_engine")
SHOWROOM = data_path("scenarios", "showroom.toml").read_text("utf-8")


def file(folder, text, name="my-shop"):
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path


def run(*arguments):
    """The exit code of a command."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return stopped.value.code


def test_who_stops_reading_along_is_told_of_no_mistake():
    """As in `crmsim lint my-shop.toml | head`."""
    command = [sys.executable, "-m", "crmsim.cli", "lint", data_path("scenarios", "bus.toml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


# -- new --------------------------------------------------------------------------------------


@pytest.mark.parametrize("only", [None, *LANGUAGES])
@pytest.mark.parametrize("model", COURSE)
def test_what_is_laid_down_is_a_valid_short_case(model, only, tmp_path):
    path = lay_down("my-shop", model, tmp_path, only)
    case = load(path)
    assert (case.id, case.world) == ("my-shop", load(model).world)
    assert case.languages == ((only,) if only else LANGUAGES)
    assert path.stat().st_size < 60_000


def test_a_model_that_cannot_be_shortened_is_laid_down_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("crmsim.authoring.skeleton._shortened", lambda model: {**model, "x": 1})
    case = load(lay_down("my-shop", "buick", tmp_path))
    assert len(case.touchpoints) == len(load("buick").touchpoints)


def test_every_key_of_a_visit_and_a_market_is_explained(tmp_path):
    for model in ("buick", "buick-market", "southwest"):
        text = lay_down(f"my-{model}", model, tmp_path).read_text("utf-8")
        explained = set()
        for above, line in zip(text.splitlines(), text.splitlines()[1:], strict=False):
            key = re.match(r"\[*([a-z_]+(?:\.choices|\.replies)?)", line)
            if key and above.startswith("# "):
                explained.add(key[1])
        used = {re.match(r"\[*([a-z_]+(?:\.choices|\.replies)?)", line)[1]
                for line in text.splitlines() if re.match(r"[a-z\[]", line)}  # fmt: skip
        assert len(used) > 5
        assert used - explained == set()


def test_a_file_that_is_there_stays_as_it_is(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run("new", "my-shop", "--like", "showroom", "--lang", "en") == 0
    assert "crmsim lint my-shop.toml" in capsys.readouterr().out
    (tmp_path / "my-shop.toml").write_text("mine", "utf-8")
    assert run("new", "my-shop", "--lang", "en") == 1
    assert (tmp_path / "my-shop.toml").read_text("utf-8") == "mine"
    assert "stays unchanged" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["My Shop", "../shop", "buick", "", "a" * 61])
def test_a_name_that_would_not_do_is_refused(name, tmp_path):
    with pytest.raises(ScenarioError):
        lay_down(name, "buick", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", COURSE)
def test_a_case_written_out_reads_the_same(name):
    raw = tomllib.loads(data_path("scenarios", f"{name}.toml").read_text("utf-8"))
    assert tomllib.loads(written(raw, lambda path: ["note"])) == raw


# -- one language -----------------------------------------------------------------------------


def test_a_case_in_one_language_speaks_it_whatever_is_asked_for(tmp_path):
    chinese = re.sub(r'\ben = "[^"]*", ', "", SHOWROOM)
    with pytest.raises(ScenarioError, match="en: is missing"):
        load(file(tmp_path, chinese))
    case = load(file(tmp_path, 'lang = ["zh-Hans"]\n' + chinese), lang="en")
    assert case.lang == "zh-Hans"
    assert case.title["en"] == "柜台前的六分钟"
    assert aftermath(simulate(case)).scenario.lang == "zh-Hans"


def test_the_language_a_case_promises_has_to_be_there(tmp_path):
    path = file(tmp_path, 'lang = ["en"]\n' + re.sub(r'\ben = "[^"]*", ', "", SHOWROOM))
    with pytest.raises(ScenarioError, match="title: en: is missing"):
        load(path)
    with pytest.raises(ScenarioError, match=r"lang no. 1 = 'fr': must be 'en' or 'zh-Hans'"):
        load(file(tmp_path, 'lang = ["fr"]\n' + SHOWROOM))


@pytest.mark.parametrize("name", COURSE)
def test_a_case_of_the_course_is_in_both_languages(name):
    case = load(data_path("scenarios", f"{name}.toml"))
    assert case.languages == LANGUAGES
    assert [place for _, place, text in texts(case) if text.en == text.zh_hans] == []


# -- lint -------------------------------------------------------------------------------------


def test_every_mistake_is_told_and_the_exit_code_says_so(tmp_path, capsys):
    wrong = SHOWROOM.replace("minutes = 10", "minutes = -1").replace("CNY", "yuan")
    assert run("lint", str(file(tmp_path, wrong)), "--lang", "en") == 1
    told = capsys.readouterr().out
    assert "choices 'one-moment': minutes = -1: must be greater than or equal to 0" in told
    assert "currency = 'yuan': must be three capital letters" in told
    assert "2 to put right" in told


def test_every_broken_line_is_told_at_once(tmp_path):
    broken = SHOWROOM.replace("schema = 1", "schema ＝ 1").replace('= "showroom"', "= “showroom”")
    path = file(tmp_path, broken)
    with pytest.raises(ScenarioError) as error:
        load(path)
    told = list(mistake_lines(error.value, path, "en"))
    assert sum("plain signs of an English keyboard" in line for line in told) == 2
    assert "id = “showroom”" in "\n".join(told)


@pytest.mark.parametrize(
    ("model", "lang"),
    [
        ("showroom", "en"),
        ("showroom", "zh-Hans"),
        ("buick-market", "zh-Hans"),
        pytest.param("southwest", "en", marks=pytest.mark.long),  # below, with a mistake in it
        ("sunset", "en"),
    ],
)
def test_a_fresh_case_is_looked_through_to_the_end(model, lang, tmp_path, monkeypatch):
    path = lay_down("my-shop", model, tmp_path)
    monkeypatch.setattr("crmsim.authoring.markets._RANDOM", 1)
    monkeypatch.setattr("crmsim.authoring.markets._SEEDS", 1)
    monkeypatch.setattr("crmsim.authoring.report._DAYS", 2)
    if model in ("buick-market", "southwest"):
        path.write_text(path.read_text("utf-8").replace("people = 5000", "people = 100"), "utf-8")
    told = list(review(path, lang, count=60))
    assert "my-shop.toml" in told[0]
    assert len(told) > 1


def test_the_report_of_a_visit_names_what_matters(tmp_path):
    told = "\n".join(review(lay_down("my-shop", "buick", tmp_path), "en", count=200))
    assert "still those of another case" in told
    assert "Every choice and every reply was taken at least once." in told
    assert re.search(r"Lin Yue +\d\.\d \(\d\.\d … \d\.\d\) +\d+%", told)
    assert re.search(r"\d+%  A face behind the counter", told)


def test_a_card_that_leaves_nothing_to_judge_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("crmsim.authoring.markets._RANDOM", 0)
    monkeypatch.setattr("crmsim.authoring.markets._SEEDS", 1)
    monkeypatch.setattr("crmsim.authoring.markets._policies", lambda case: {"": None})
    monkeypatch.setattr("crmsim.authoring.markets._levers", lambda *_: ())
    text = lay_down("my-line", "southwest", tmp_path).read_text("utf-8")
    gift = text.replace("cost = 30", "cost_week = -900\nshifts = [{ of = 'quality', plus = 0.1 }]")
    told = "\n".join(review(file(tmp_path, gift.replace("people = 5000", "people = 100")), "en"))
    assert "Card 'missed-flight': 'next-flight' is best both" in told
    assert "five-students: retime" in told


def test_what_was_not_reached_is_named(tmp_path):
    told = "\n".join(review(file(tmp_path, SHOWROOM), "en", count=1))
    assert "no walk ended here" in told
    assert "Never reached: counter: " in told


def test_words_that_do_not_fit_are_named(tmp_path):
    long = SHOWROOM.replace('en = "Counter"', 'en = "At the long counter"')
    told = list(review(file(tmp_path, long), "en", count=1))
    assert "touchpoints 'counter', title: 19 characters in en; 14 fit" in told


def test_a_bot_takes_every_choice_and_reply_early():
    buick = load("buick")
    assert set(walks(buick, count=200).done) == on_offer(buick)


def test_a_choice_that_is_none_is_found(tmp_path):
    """At the counter one answer better in everything; another with nothing for it."""
    moves = "moves = { responsiveness = 0.95, empathy = 0.95, reliability = 0.95 }"
    text = re.sub(r"moves = \{ empathy = 0\.84.*\}", moves, SHOWROOM)
    text = text.replace("minutes = 14", "minutes = 2", 1)
    found = list(weak_choices(rivals(load(file(tmp_path, text)))))
    assert ChoiceVerdict("counter", "i-saw-you", "always") in found
    assert ChoiceVerdict("counter", "bare-figure", "never", "i-saw-you") in found


def test_no_choice_of_the_full_case_is_always_best(monkeypatch):
    monkeypatch.setattr("crmsim.authoring.walks._CONTEXTS", 1)
    found = list(weak_choices(rivals(load("buick"))))
    assert [one for one in found if one.kind == "always"] == []


# -- play, and a market of its own ------------------------------------------------------------


def test_a_case_is_played_in_a_notebook_of_its_own(tmp_path, monkeypatch):
    handed_on = []
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path / "work"))
    monkeypatch.setattr("jupyterlab.labapp.main", handed_on.extend)
    path = lay_down("my-shop", "showroom", tmp_path, "zh-Hans")
    assert run("play", str(path), "--lang", "en", "--no-browser") == 0
    assert {"--no-browser", "--LabApp.default_url=/doc/tree/my-shop.ipynb"} <= set(handed_on)
    notebook = nbformat.read(tmp_path / "work" / "my-shop.ipynb", as_version=4)
    assert "我的案例" in notebook["cells"][0]["source"]
    place: dict[str, object] = {}
    code = notebook["cells"][1]["source"].replace("\nplay(", "\nshown = play(")
    exec(code, place)
    assert place["shown"].session.scenario().sha256 == load(path).sha256


def with_notes(notebook: Path) -> bytes:
    """Write into a notebook as a student would; return its bytes."""
    book = json.loads(notebook.read_text("utf-8"))
    book["cells"].append(
        {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": "three hours of notes"}
    )
    notebook.write_text(json.dumps(book), "utf-8")
    return notebook.read_bytes()


def test_a_notebook_with_notes_in_it_is_opened_and_never_written_over(tmp_path):
    case, work = lay_down("my-shop", "showroom", tmp_path), tmp_path / "work"
    notebook = write_notebook(case, "en", work)
    noted = with_notes(notebook)
    assert write_notebook(case, "en", work) == notebook
    assert notebook.read_bytes() == noted


def test_another_case_of_the_same_name_gets_a_notebook_of_its_own(tmp_path):
    case, work = lay_down("my-shop", "showroom", tmp_path), tmp_path / "work"
    noted = with_notes(write_notebook(case, "en", work))
    (tmp_path / "other").mkdir()
    other = lay_down("my-shop", "bus", tmp_path / "other")
    assert write_notebook(other, "en", work).name == "my-shop-2.ipynb"
    assert write_notebook(other, "en", work).name == "my-shop-2.ipynb"
    assert (work / "my-shop.ipynb").read_bytes() == noted
    assert sorted(path.name for path in work.iterdir()) == ["my-shop-2.ipynb", "my-shop.ipynb"]


@pytest.mark.parametrize(
    "wreck", ["", "null", "[1]", '{"cells": [1, {"source": ["a"', "三小时的笔记"]
)
def test_whatever_lies_under_the_name_of_the_notebook_stays(wreck, tmp_path):
    case, work = lay_down("my-shop", "showroom", tmp_path), tmp_path / "work"
    work.mkdir()
    (work / "my-shop.ipynb").write_text(wreck, "utf-8")
    assert write_notebook(case, "en", work).name == "my-shop-2.ipynb"
    assert (work / "my-shop.ipynb").read_text("utf-8") == wreck


@pytest.mark.parametrize(
    "asked",
    [
        "--port 8123 FILE",
        "FILE --port 8123",
        "--no-browser --port=8123 FILE",
        "--lang en --port 8123 FILE --no-browser",
    ],
)
@pytest.mark.parametrize("name", ["my-shop.toml", "MY-SHOP.TOML"])
def test_options_may_stand_before_the_file(asked, name, tmp_path, monkeypatch):
    handed_on = []
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path / "work"))
    monkeypatch.setattr("jupyterlab.labapp.main", handed_on.extend)
    monkeypatch.setattr("crmsim.authoring.review", partial(review, count=20))
    case = lay_down("my-shop", "showroom", tmp_path).rename(tmp_path / name)
    assert run("play", *(str(case) if word == "FILE" else word for word in asked.split())) == 0
    assert "8123" in handed_on or "--port=8123" in handed_on
    assert (tmp_path / "work" / "my-shop.ipynb").is_file()
    assert run("lint", "--lang", "en", str(case)) == 0


def test_a_file_with_mistakes_is_not_played(tmp_path, capsys):
    path = file(tmp_path, SHOWROOM.replace("CNY", "yuan"))
    assert run("play", str(path), "--lang", "en") == 1
    assert "currency = 'yuan'" in capsys.readouterr().err


def test_a_case_brings_a_market_of_its_own(tmp_path):
    market = lay_down("my-town", "buick-market", tmp_path)
    small = market.read_text("utf-8").replace("people = 5000", "people = 300")
    market.write_text(small, "utf-8")
    case = load(file(tmp_path, SHOWROOM.replace('"buick-market"', '"my-town.toml"')))
    assert aftermath(simulate(case)).scenario.people == 300
    with pytest.raises(ScenarioError, match="no file of this name lies beside"):
        load(file(tmp_path, SHOWROOM.replace('"buick-market"', '"no-town.toml"')))


def test_the_page_on_writing_a_case_shows_the_same_commands_in_both_languages():
    pages = [data_path().parent / "docs" / f"write-a-case{tag}.md" for tag in ("", ".zh-Hans")]
    english, chinese = (
        re.findall(r"^crmsim .*$", page.read_text("utf-8"), re.MULTILINE) for page in pages
    )
    assert english == chinese
    assert {line.split()[1] for line in english} == {"new", "lint", "play"}

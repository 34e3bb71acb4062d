"""A student's first day and the one on which she hands in: number, play, answers, one zip."""

from __future__ import annotations

import hashlib
import json
import shutil
from zipfile import ZipFile

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from crmsim.common.words import words
from crmsim.exercises.gain import form_pairs

START = "00-start-here"
NAMES = {"en": "Zoë <b>O’Brien</b>", "zh-Hans": "林悦"}


@pytest.fixture
def own_cells(notebook):
    """A function that opens a notebook of some cells, and takes it away afterwards."""
    made = []

    def open_with(lang: str, *code: str) -> None:
        cells = [nbformat.v4.new_code_cell(line) for line in code]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        made.append(notebook.lab.work / lang / "99-own.ipynb")
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), made[-1])
        notebook.open_file(f"{lang}/99-own")
        notebook.run_all()

    yield open_with
    for path in made:
        path.unlink(missing_ok=True)


def stages(notebook, screen: str) -> Locator:
    found = notebook.page.locator(f".crmsim-stage[data-screen={screen}]")
    found.first.wait_for(timeout=30_000)
    return found


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.long), "zh-Hans"])
def test_number_play_answer_and_tomorrow_all_goes_on_and_is_handed_in(notebook, lang):
    t, page = words(lang), notebook.page
    notebook.open(lang, START)
    passport = stages(notebook, "passport")
    expect(passport.get_by_role("button", name=t("passport.handin.button"))).to_be_disabled()
    number = passport.get_by_role("textbox", name=t("passport.who.number"))
    number.click()
    page.keyboard.type("2026001")
    expect(number).to_have_value("2026001")
    passport.get_by_role("textbox", name=t("passport.who.name")).fill(NAMES[lang])
    page.keyboard.press("Enter")
    expect(passport).to_contain_text(NAMES[lang])

    for _ in range(2):
        notebook.play.click("[data-key='1']")
    moment = notebook.play.stage.locator("#heading").inner_text()
    stages(notebook, "exercise").first.locator("label", has=page.locator("input")).nth(1).click()
    notebook.answered()
    notebook.save()

    notebook.close()
    notebook.lab.end_kernels()
    see_the_last_picture_where_nothing_runs(notebook, lang)
    notebook.lab.end_kernels()
    notebook.open_file(f"{lang}/{START}")
    expect(notebook.play.stage.locator("#heading")).to_have_text(moment)
    passport = stages(notebook, "passport")
    expect(passport).to_contain_text(NAMES[lang])
    row = passport.locator("tbody tr").first
    expect(row).to_contain_text(t("passport.cell.predicted", made=1, all=len(form_pairs())))
    expect(row).to_contain_text("◐")
    assert passport.evaluate("stage => stage.scrollWidth <= stage.clientWidth + 1")
    with page.expect_download() as download:
        passport.get_by_role("button", name=t("passport.handin.button")).click()
    expect(passport.locator("#passport-packed")).to_be_focused()
    expect(passport).to_contain_text("handin-2026001.zip")
    written = notebook.lab.work / "handin-2026001.zip"
    assert download.value.suggested_filename == written.name
    assert download.value.path().read_bytes() == written.read_bytes()
    with ZipFile(written) as package:
        assert package.testzip() is None
        manifest = json.loads(package.read("handin.json"))
        for name, digest in manifest["files"].items():
            assert hashlib.sha256(package.read(name)).hexdigest() == digest
    assert manifest["student"] == {"number": "2026001", "name": NAMES[lang]}
    assert f"notebooks/{lang}/{START}.ipynb" in manifest["files"]
    assert {"progress/showroom-20.json", "progress/before-00-same-room.json"} <= set(
        manifest["files"]
    )


def see_the_last_picture_where_nothing_runs(notebook, lang):
    """Load the page anew, with a copy of the lesson, which was never released."""
    folder = notebook.lab.work / lang
    copied = shutil.copyfile(folder / f"{START}.ipynb", folder / "copy.ipynb")
    try:
        notebook.open_page(f"{lang}/copy")
        page = notebook.page
        still = page.locator(".crmsim-still", has=page.locator("img[src*=progress]")).first
        still.wait_for()
        drawn = "image => image.decode().then(() => image.naturalWidth)"
        assert still.locator("img[src*=progress]").evaluate(drawn) == 1200
        expect(still.get_by_text("▶")).to_be_visible()
        failed = page.get_by_text("Error displaying widget").locator("visible=true")
        expect(failed).to_have_count(0)
    finally:
        copied.unlink()


def test_a_play_opens_as_soon_as_the_prediction_is_saved(notebook, own_cells):
    own_cells(
        "en",
        "from crmsim import play, predict, reveal",
        "predict('10-bet-stage')",
        "play('showroom', seed=17, after='10-bet-stage')",
        "reveal(40 + 2, after='10-bet-stage')",
    )
    page = notebook.page
    lock = stages(notebook, "lock")
    expect(lock).to_contain_text("First your prediction")
    lock.locator("[data-act=unlock]").click()
    expect(lock).to_be_visible()
    expect(page.locator(".crmsim-closed")).to_contain_text("the result appears here")
    stages(notebook, "exercise").locator("label", has=page.locator("input")).first.click()
    expect(stages(notebook, "opening")).to_be_visible()
    expect(lock).to_have_count(0)
    expect(page.locator(".crmsim-closed")).to_have_count(0)
    expect(page.locator(".jp-OutputArea-output pre", has_text="42").first).to_be_visible()


@pytest.mark.parametrize("lang", ["en", pytest.param("zh-Hans", marks=pytest.mark.long)])
def test_a_function_is_checked_and_an_explanation_written(notebook, own_cells, lang):
    t = words(lang)
    own_cells(
        lang,
        "from crmsim import check",
        "def ripples(gain, rounds):\n    return gain**rounds",
        f"check('31-ripples', ripples, lang='{lang}')",
        f"check('31-owner', lang='{lang}')",
    )
    expect(stages(notebook, "exercise")).to_have_count(2, timeout=30_000)
    function, owner = stages(notebook, "exercise").all()
    expect(function).to_contain_text(t("lesson.function.means"))
    expect(function.locator(".ex-off").first).to_be_visible()
    field = owner.get_by_role("textbox")
    field.click()
    notebook.page.keyboard.type("dd 1 因为 reputation < stock")
    expect(owner).to_contain_text(t("lesson.explain.saved", points=4)[:8])
    notebook.answered()
    kept = notebook.lab.work / "progress" / "answer-31-owner.json"
    assert json.loads(kept.read_text())["answer"] == "dd 1 因为 reputation < stock"
    assert field.input_value() == "dd 1 因为 reputation < stock"

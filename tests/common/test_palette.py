"""The colours of pictures and those of pages are the same."""

import re
from pathlib import Path

import pytest

import crmsim
from crmsim.common import palette

SHEETS = ("widgets/stage.css", "grading/pages/templates/pages.css")
COLOURS = {
    "ink": palette.INK,
    "muted": palette.MUTED,
    "line": palette.LINE,
    "wash": palette.WASH,
    "accent": palette.RUN,
    "good": palette.GOOD_TEXT,
    "bad": palette.BAD_TEXT,
}


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_page_has_the_colours_of_the_pictures(sheet):
    css = Path(crmsim.__file__).parent.joinpath(sheet).read_text("utf-8")
    named = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", css))
    assert {name: named[name].upper() for name in COLOURS} == COLOURS

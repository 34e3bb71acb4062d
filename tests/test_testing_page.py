"""The page on tests names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "testing.md"


def test_every_test_that_the_page_names_is_there():
    rows = PAGE.read_text("utf-8").split("## Kinds of fault")[1].splitlines()
    seen = 0
    for cell in (row.split("|")[2] for row in rows if row.count("|") == 3):
        source = ""
        for name in re.findall(r"`([^`]+)`", cell):
            if name.endswith(".py"):
                source = (HERE / name).read_text("utf-8")
            elif not name.startswith("make "):
                assert f"def test_{name}" in source, name
                seen += 1
    assert seen > 40

"""A case of one's own: laid down, opened by `crmsim play`, and played."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from crmsim.authoring import lay_down


@pytest.mark.parametrize(
    ("like", "lang", "first"),
    [
        ("showroom", "en", "visit"),
        pytest.param("buick-market", "zh-Hans", "decide", marks=pytest.mark.long),
    ],
)
def test_crmsim_play_opens_a_case_of_ones_own(elsewhere, tmp_path, like, lang, first):
    lay_down("my-shop", like, tmp_path)
    notebook = elsewhere(tmp_path, "play", "my-shop.toml", f"--lang={lang}")
    notebook.open_file("my-shop")
    notebook.run_all()
    play = notebook.play
    expect(play.stage).to_have_attribute("lang", lang)
    play.click("[data-key='1']")
    assert play.screen == first
    assert (tmp_path / "work" / "progress" / "my-shop-0.json").exists()

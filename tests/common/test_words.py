"""Words: both languages, side by side, with the same places to fill in."""

import string

import pytest

from crmsim.common.errors import WordsError
from crmsim.common.words import LANGUAGES, dictionary, language, words


def test_every_word_stands_in_every_language_with_the_same_places():
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert len(dictionary()) > 500
    for key, entry in dictionary().items():
        assert set(entry) == set(LANGUAGES), key
        assert places(entry["en"]) == places(entry["zh-Hans"]), key


def test_a_language_goes_by_its_usual_tags():
    assert {language(tag) for tag in ("zh", "zh-CN", "zh_CN", "zh-Hans")} == {"zh-Hans"}
    with pytest.raises(WordsError, match="must be one of: en, zh-Hans"):
        language("fr")


def test_an_unknown_key_is_named():
    with pytest.raises(WordsError, match=r"model\.nothing"):
        words("en")("model.nothing")

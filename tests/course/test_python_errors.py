"""Errors of Python have a sentence in both languages that says where and what to do."""

from __future__ import annotations

import builtins
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.common.words import LANGUAGES, dictionary
from crmsim.course import python_errors
from crmsim.course.python_errors import INSTEAD, Meaning, meaning

WIDE = {"（": "(", "）": ")", "，": ",", "：": ":", "；": ";", "！": "!", "＝": "=", "＋": "+",
        "－": "-", "＊": "*", "／": "/", "％": "%", "＜": "<", "＞": ">", "［": "[", "］": "]",
        "｛": "{", "｝": "}", "．": ".", "？": "?", "０": "0", "９": "9"}  # fmt: skip
SIGNS = INSTEAD | WIDE


def of(source: str) -> Meaning:
    """The meaning of the error with which Python refuses a cell."""
    with pytest.raises(SyntaxError) as refused:
        compile(source, "cell", "exec")
    error = refused.value
    return meaning(type(error).__name__, error.msg, source, error.lineno)


@pytest.mark.parametrize("sign", SIGNS)
def test_a_chinese_sign_in_code_is_named_with_its_place_and_what_to_type(sign):
    found = of(f"minutes = 5\ntotal = 3 {sign} 4")
    assert found == Meaning("sign", {"sign": sign, "instead": SIGNS[sign]}, 2, 11)


@given(
    before=st.text("abc #", max_size=5),
    words=st.text("好，。“”：（）", max_size=8),
    sign=st.sampled_from(sorted(SIGNS)),
)
def test_chinese_in_words_and_comments_is_never_blamed(before, words, sign):
    code = f"note = '{words}'  # {before}{words}\nthe = \"{words}\"\ntotal = (3 {sign}"
    found = meaning("SyntaxError", "invalid character", code, 3)
    assert (found.line, found.place) == (3, 12)


@pytest.mark.parametrize("space", ["\u3000", "\u00a0", "\u200b", "\ufeff"])
def test_a_wide_or_invisible_space_is_found(space):
    assert of(f"a = 1\nb{space}= 2") == Meaning("space", {}, 2, 2)


@pytest.mark.parametrize(
    ("source", "key", "line"),
    [("def f(a)\n    return a", "colon", 1), ("a = 1\nif a > 0\n    a = 2", "colon", 2),
     ("for each in range(3)\n    print(each)", "colon", 1), ("while True\n    pass", "colon", 1),
     ("if 1:\npass", "indent-missing", 2), ("def f(x):\nreturn x", "indent-missing", 2),
     ("for i in 1, 2:\nprint(i)", "indent-missing", 2), ("a = 1\n  b = 2", "indent-wrong", 2),
     ("if 1:\n    a = 1\n  b = 2", "indent-wrong", 3),
     ("if 1:\n\ta = 1\n        b = 2", "indent-wrong", 3),
     ("a = (1", "bracket-open", 1), ("a = [1, 2", "bracket-open", 1),
     ("a = 1)", "bracket-close", 1),
     ("a = 'late", "quote", 1), ("a = '''late", "quote", 1), ("return 3", "return", 1),
     ("if a = 1:\n    pass", "equals", 1), ("1 = a", "equals", 1), ("print 'late'", "print", 1),
     ("f(a b)", "comma", 1), ("3a = 2", "number", 1), ("a = 08", "number", 1),
     ("a = 5 6", "syntax", 1), ("￥5", "currency", 1)],
)  # fmt: skip
def test_the_form_of_code_is_told_by_line(source, key, line):
    found = of(source)
    assert (found.key, found.line) == (key, line)


@pytest.mark.parametrize(
    ("source", "key"),
    [("unheard_of", "name"), ("minuts", "name-near"), ("Minutes", "name-near"), ("1 / 0", "zero"),
     ("1 + '2'", "text-number"), ("'2' + 1", "text-number"), ("'3' > 2.5", "text-number"),
     ("1 + None", "nothing"), ("None.mean()", "nothing"), ("len()", "arguments"),
     ("max(1, 2, 3, kee=1)", "arguments"), ("int(2)(3)", "call"),
     ("[] * []", "type"), ("float('a')", "value"), ("{}['a']", "key"), ("[][0]", "index"),
     ("'a'.mean", "attribute"), ("__import__('scikit')", "module"), ("open('nowhere')", "file"),
     ("(f := lambda: f())()", "calls-itself"), ("exec('raise OSError(5)')", "error")],
)  # fmt: skip
def test_an_error_of_running_code_is_told(source, key):
    with pytest.raises(Exception) as raised:  # noqa: PT011 - each has an error of its own
        eval(source, {"__builtins__": builtins})
    error = raised.value
    assert meaning(type(error).__name__, str(error), source, 1, ["minutes"]).key == key


def test_a_name_used_before_it_has_a_value_is_told():
    said = "cannot access local variable 'total' where it is not associated with a value"
    found = meaning("UnboundLocalError", said)
    assert (found.key, found.places) == ("name-before", {"name": "total"})


@pytest.mark.parametrize("lang", LANGUAGES)
@given(kind=st.text(max_size=20), message=st.text(max_size=40), source=st.text(max_size=60))
def test_whatever_went_wrong_there_is_a_sentence(lang, kind, message, source):
    for each in (kind, "SyntaxError", "NameError", "KeyError", "TypeError"):
        assert meaning(each, message, source, 1).said(lang)


def test_no_word_of_these_is_left_over():
    source = Path(python_errors.__file__).read_text("utf-8")
    used = set(re.findall(r'"(?:python\.)?([a-z-]+)"', source))
    keys = {key.removeprefix("python.") for key in dictionary() if key.startswith("python.")}
    assert keys - used == {"busy"}

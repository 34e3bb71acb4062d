"""Whatever a file holds: a scenario, or a ScenarioError that says why not; soon, and in bounds."""

from __future__ import annotations

import time
import tomllib
import tracemalloc
from copy import deepcopy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsim import ScenarioError, load
from crmsim.authoring.toml import written
from crmsim.common.words import data_path
from crmsim.scenario import MOST_CASE_BYTES
from crmsim.scenario.parts import ScenarioBase

MODELS = ("showroom", "buick-market", "southwest", "sunset")
TEXTS = {name: data_path("scenarios", f"{name}.toml").read_bytes() for name in MODELS}
RAWS = {name: tomllib.loads(text.decode()) for name, text in TEXTS.items()}

# A file takes milliseconds; only what grows out of all bounds, not a slow machine, comes near this.
MOST_S = 20.0
MOST_MEMORY = 120e6
MOST_TOLD = 200_000

few = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def outcome(folder, content: bytes) -> str:
    """Read a file of this content; return "" or the message of the error."""
    path = folder / "odd.toml"
    path.write_bytes(content)
    started = time.process_time()
    try:
        scenario, said = load(path), ""
        assert isinstance(scenario, ScenarioBase)
    except ScenarioError as error:
        said = str(error)
        assert said.startswith("odd.toml: ")
    assert time.process_time() - started < MOST_S
    assert len(said) < MOST_TOLD
    return said


# -- files that are nearly right --------------------------------------------------------------

numbers = st.one_of(
    st.integers(), st.floats(), st.sampled_from([0, -1, 10**30, 10**300, -(10**400), 2**63])
)
scalars = st.one_of(numbers, st.booleans(), st.text(max_size=40), st.just("a" * 5000))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["en", "id", "next", "a-b"]), inner, max_size=3),
    ),
    max_leaves=6,
)


def places(raw, path=()):
    """Every place in a file that could be changed."""
    inside = (
        raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    )
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(raw, path, how, value):
    raw = deepcopy(raw)
    table = raw
    for key in path[:-1]:
        table = table[key]
    if how == "put":
        table[path[-1]] = value
    elif how == "drop":
        del table[path[-1]]
    elif isinstance(table, list):
        table.extend([table[path[-1]]] * 3)
    else:
        table["more"] = value
    return raw


PLACES = {name: list(places(raw)) for name, raw in RAWS.items()}


@few
@given(data=st.data())
def test_a_file_with_something_changed_is_read_or_refused(data, tmp_path):
    name = data.draw(st.sampled_from(MODELS))
    place = data.draw(st.sampled_from(PLACES[name]))
    how = data.draw(st.sampled_from(["put", "drop", "more"]))
    raw = changed(RAWS[name], place, how, data.draw(values))
    outcome(tmp_path, written(raw, lambda path: []).encode("utf-8", "replace"))


@few
@given(data=st.data())
def test_a_file_with_bytes_changed_is_read_or_refused(data, tmp_path):
    content = bytearray(TEXTS[data.draw(st.sampled_from(MODELS))])
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.one_of(st.binary(max_size=4), st.sampled_from(SIGNS)))
        content[place : place + data.draw(st.integers(0, 30))] = piece
    outcome(tmp_path, bytes(content))


SIGNS = [b'"', b'"""', b"[[", b"]", b"{", b"= nan", b"= inf", b"\n", b"#", "“".encode(), b"\x00"]


@few
@given(content=st.one_of(st.binary(max_size=2000), st.text(max_size=500).map(str.encode)))
def test_any_bytes_at_all_are_read_or_refused(content, tmp_path):
    assert outcome(tmp_path, content)


# -- files that mean harm ---------------------------------------------------------------------


def filled(piece: str, before: str = "", after: str = "") -> bytes:
    """A file as long as may be, of one piece over and over."""
    times = (MOST_CASE_BYTES - len(before) - len(after)) // len(piece)
    return (before + piece * times + after).encode()


VISIT, MARKET = 'world = "encounter"\n', 'world = "market"\n'
HARM = {
    "nested lists": filled("[", "a = "),
    "nested tables": filled("{a = ", "a = "),
    "a long key": filled("a.", "", "a = 1"),
    "a long key in quotes": filled('"a" . ', "", "a = 1"),
    "a long key after a quotation mark in a note": filled("a.", '# """\n', "a = 1"),
    "a long key after an escaped quotation mark": filled("a.", 't = {b = "\\"", ', "a = 1}"),
    "a long header": filled("a.", "[", "a]"),
    "many keys of some length": filled("a.a.a.a.a.a.a.b = 1\n"),
    "broken quotation marks": filled('\\"""'),
    "a huge number": filled("9", "schema = "),
    "a huge hexadecimal number": filled("f", MARKET + "people = 0x"),
    "a huge text": filled("a", 'id = "', '"'),
    "a huge id": filled("a", VISIT + '[[touchpoints]]\nid = "', '"'),
    "many numbers": filled("1,", MARKET + "concepts = [", "]"),
    "many tables": filled("{},", "a = [", "]"),
    "many unknown keys": b"".join(
        [MARKET.encode(), *(b"k%d = 1\n" % i for i in range(MOST_CASE_BYTES // 12))]
    ),
    "many parameters": b"".join(
        [
            MARKET.encode(),
            b"[parameters]\n",
            *(b"k%d = 1\n" % i for i in range(MOST_CASE_BYTES // 12)),
        ]
    ),
    "many touchpoints": filled("[[touchpoints]]\n", VISIT),
    "many choices": filled("[[touchpoints.choices]]\nnext = 'a'\n", VISIT + "[[touchpoints]]\n"),
    "many personas alike": filled('[[personas]]\nid = "a"\n', VISIT),
    "five million bytes": b"a" * 5_000_000,
    "another encoding": TEXTS["showroom"].decode().encode("utf-16"),
    "an encoding of China": "title = '案例'".encode("gbk"),
    "nothing": b"",
    "noughts": bytes(1000),
}


@pytest.mark.parametrize("what", HARM)
def test_a_file_that_means_harm_is_refused_soon(what, tmp_path):
    assert outcome(tmp_path, HARM[what])


@pytest.mark.parametrize("what", ["many numbers", "many unknown keys", "five million bytes"])
def test_a_file_that_means_harm_takes_little_memory(what, tmp_path):
    path = tmp_path / "odd.toml"
    path.write_bytes(HARM[what])
    tracemalloc.start()
    with pytest.raises(ScenarioError):
        load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MOST_MEMORY


def test_a_file_from_a_windows_editor_is_read(tmp_path):
    text = TEXTS["showroom"].decode().replace("\n", "\r\n")
    assert outcome(tmp_path, text.encode("utf-8-sig")) == ""

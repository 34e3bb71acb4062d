"""Plain values become typed ones, also when several threads ask at the same time."""

import subprocess
import sys

NEW_CLASSES_IN_THREADS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from msgspec import Struct, defstruct
from crmsim.common.conversion import convert

sys.setswitchinterval(1e-6)
together = Barrier(8)

def read(kind):
    together.wait()
    return convert({"a": 1, "b": {"a": "1"}}, kind).b.a

with ThreadPoolExecutor(8) as pool:
    for _ in range(100):
        inner = defstruct("Inner", [("a", "int | float | str | None | list[int]")])
        outer = defstruct("Outer", [("a", "int | float | str | None"), ("b", inner)])
        assert list(pool.map(read, [outer] * 8)) == ["1"] * 8
"""


def test_threads_that_are_the_first_to_need_a_class_do_not_crash():
    """Without turns, the library ends such a process by a signal."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", NEW_CLASSES_IN_THREADS],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-600:]

"""Change the rules of the grader one at a time, and see whether a test notices.

Run by hand or by ``make long``: ``python tests/mutate_grader.py [seed [how many]]``. Each change is
made to a copy of the package: a comparison turned round, a number moved by one, ``and`` for ``or``,
a condition denied, ``max`` for ``min``. A change after which all tests still pass survives; it is
printed with its line, and is either harmless or a test that is missing.
"""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
RULES = {
    "marks/attempts.py": "test_owners.py test_marks.py",
    "marks/marks.py": "test_owners.py test_marks.py test_people.py",
    "marks/owners.py": "test_owners.py test_marks.py",
    "marks/overrides.py": "test_tables.py test_people.py",
    "marks/people.py": "test_owners.py test_people.py",
    "marks/queue.py": "test_people.py test_tables.py",
    "marks/roster.py": "test_tables.py test_owners.py",
    "marks/judging.py": "test_judging.py",
    "marks/tables.py": "test_tables.py",
    "reading/submissions.py": "test_places.py",
    "reading/uploaders.py": "test_places.py test_owners.py",
}
"""The modules that hold the rules, and the tests that hold each."""
OTHER = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}  # fmt: skip
SWAPPED = {"max": "min", "min": "max", "any": "all", "all": "any"}


def changes(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Yield each place that can be changed; when it goes on, the tree is as it was."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and type(node.ops[0]) in OTHER:
            kept = node.ops
            node.ops = [OTHER[type(kept[0])](), *kept[1:]]
            yield node, "comparison"
            node.ops = kept
        elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in OTHER:
            kept = node.op
            node.op = OTHER[type(kept)]()
            yield node, "operator"
            node.op = kept
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            kept = node.op, node.operand
            node.operand = ast.UnaryOp(ast.Not(), kept[1])
            yield node, "denied"
            node.operand = kept[1]
        elif isinstance(node, ast.Constant) and type(node.value) in (int, bool):
            kept = node.value
            node.value = not kept if isinstance(kept, bool) else kept + 1
            yield node, "constant"
            node.value = kept
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in SWAPPED:
            kept = node.func.id
            node.func.id = SWAPPED[kept]
            yield node, f"{kept} for {SWAPPED[kept]}"
            node.func.id = kept


def survives(copy: Path, rule: str) -> bool:
    """Run the examples and the tests of a rule on the copy, and tell whether they all pass."""
    named = [f"crmsim/grading/{rule}", *(f"tests/grading/{name}" for name in RULES[rule].split())]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *named]
    here = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(command, cwd=copy, env=here, capture_output=True, timeout=300)
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


def main(seed: int, most: int) -> None:
    """Try some of all changes, drawn by the seed, and print what survives."""
    places = []
    for rule in RULES:
        tree = ast.parse((ROOT / "crmsim/grading" / rule).read_text("utf-8"))
        places += [(rule, number) for number, _ in enumerate(changes(tree))]
    places.sort(key=lambda each: hashlib.sha256(f"{seed} {each}".encode()).digest())
    tried = places[:most]
    left = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        left_out = shutil.ignore_patterns(".git", ".venv", "__pycache__", "work")
        shutil.copytree(ROOT, copy, ignore=left_out)
        for done, (rule, number) in enumerate(tried, 1):
            path = copy / "crmsim/grading" / rule
            text = path.read_text("utf-8")
            tree = ast.parse(text)
            node, what = next(c for place, c in enumerate(changes(tree)) if place == number)
            line = node.lineno  # type: ignore[attr-defined]
            changed = _changed(text, number)
            path.write_text(changed, "utf-8")
            if survives(copy, rule):
                left += 1
                print(f"survives: {rule}:{line}: {what}: {text.splitlines()[line - 1].strip()}")
            path.write_text(text, "utf-8")
            print(f"{done} of {len(tried)} tried, {left} survive", file=sys.stderr, flush=True)
    print(f"{len(tried)} of {len(places)} changes tried, {left} survive")


def _changed(text: str, number: int) -> str:
    tree = ast.parse(text)
    for place, _ in enumerate(changes(tree)):
        if place == number:
            return ast.unparse(tree)
    raise ValueError(f"number = {number}: there are fewer changes")


if __name__ == "__main__":
    words = sys.argv[1:] + ["1", "60"][len(sys.argv[1:]) :]
    main(*map(int, words))

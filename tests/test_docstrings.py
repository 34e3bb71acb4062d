"""Public functions say what they take, what they return and what they raise.

A function is public if it is one of the public names of ``crmsim``, stands in an ``__all__``, or is
used in another folder; so is a method of such a class, if the class is one of the public names or
another folder calls the method. What one line says needs no section: a single parameter that it
names, a returned text, truth or whole number, or an object of a class of ours. Everything else has
the sections of NumPy's docstrings.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(ROOT.glob("crmsim/**/*.py"))
UNKNOWN = r"Array|DataFrame|Series|tuple|dict|Mapping|float|Any|Iter|list|Sequence|\bset\b"
"""Types of which a name alone says no shape and no unit."""
CHECKS = ("require", "require_single")
"""Functions that raise a ValueError for an argument that is not allowed."""


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PATHS = {module(path): path for path in FILES}


@cache
def trees() -> Mapping[Path, ast.Module]:
    """Return the parsed code of each module."""
    return {path: ast.parse(path.read_text("utf-8")) for path in FILES}


def named_as_public() -> set[tuple[str, str]]:
    """Return module and name of all that stands in a list of public names."""
    found = set()
    for path, tree in trees().items():
        for node in tree.body:
            if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
                continue
            match node.targets[0].id, node.value:
                case "_PUBLIC", value:
                    for home, names in ast.literal_eval(value).items():
                        found |= {(f"crmsim.{home}", name) for name in names}
                case "__all__", ast.List() as value:
                    found |= {(module(path), name) for name in ast.literal_eval(value)}
    return found


def used_elsewhere() -> tuple[set[tuple[str, str]], dict[str, set[Path]]]:
    """Return what another folder imports (module, name), and the folders that use an attribute."""
    imported: set[tuple[str, str]] = set()
    attributes: dict[str, set[Path]] = defaultdict(set)
    for path, tree in trees().items():
        modules, nodes = {}, list(ast.walk(tree))
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.module in PATHS:
                for each in node.names:
                    if (whole := f"{node.module}.{each.name}") in PATHS:
                        modules[each.asname or each.name] = whole
                    elif PATHS[node.module].parent != path.parent:
                        imported.add((node.module, each.name))
        for node in nodes:
            if isinstance(node, ast.Attribute):
                attributes[node.attr].add(path.parent)
                home = modules.get(node.value.id) if isinstance(node.value, ast.Name) else None
                if home and PATHS[home].parent != path.parent:
                    imported.add((home, node.attr))
    return imported, attributes


def with_origins(names: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the names, and those that they are imported from."""
    for path, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                for each in node.names:
                    if (module(path), each.asname or each.name) in names:
                        names = names | {(str(node.module), each.name)}
    return names


@cache
def classes() -> Mapping[str, ast.ClassDef]:
    """Return each class of the package by its name."""
    return {
        node.name: node
        for tree in trees().values()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }


def functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def is_inherited(owner: ast.ClassDef, name: str) -> bool:
    """Return True if a class above, or the chair of all worlds, describes the method."""
    above = [ast.unparse(base).split("[")[0] for base in owner.bases]
    bases = [classes()[base] for base in above if base in classes()]
    if "baseline" in {each.name for each in functions(owner.body)} and owner.name != "World":
        bases.append(classes()["World"])
    return any(
        name in {each.name for each in functions(base.body) if ast.get_docstring(each)}
        or is_inherited(base, name)
        for base in bases
    )


def public_functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    imported, attributes = used_elsewhere()
    named = with_origins(named_as_public())
    public = named | with_origins(imported)
    for path, tree in trees().items():
        for each in functions(tree.body):
            if (module(path), each.name) in public:
                yield f"{module(path)}.{each.name}", each
        for owner in tree.body:
            if isinstance(owner, ast.ClassDef) and (module(path), owner.name) in public:
                for each in functions(owner.body):
                    known = (module(path), owner.name) in named
                    called = known or attributes[each.name] - {path.parent}
                    if called and not is_inherited(owner, each.name):
                        yield f"{module(path)}.{owner.name}.{each.name}", each


def sections(docstring: str) -> dict[str, str]:
    """Return the text of each section; what stands before the first is under an empty name."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}\n", docstring, flags=re.M)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def parameters(function: ast.FunctionDef) -> list[str]:
    given = function.args
    named = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
    names = [each.arg for each in named if each]
    return [name for name in names if name not in ("self", "cls") and not name.startswith("_")]


def raised(node: ast.AST) -> set[str]:
    """Return the errors that a function raises itself, not inside of a block that may turn them."""
    found: set[str] = set()
    turned = node.body if isinstance(node, ast.Try) else []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda | ast.With) or child in turned:
            continue
        match child:
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name)) | ast.Name(id=name)):
                found |= {name} if name[0].isupper() else set()
            case ast.Call(func=ast.Name(id=name)) if name in CHECKS:
                found.add("ValueError")
        found |= raised(child)
    return found


def lacks(function: ast.FunctionDef) -> list[str]:
    """Return what the docstring of a function does not say."""
    kinds = {ast.unparse(each).split(".")[-1] for each in function.decorator_list}
    if kinds & {"property", "cached_property", "override", "overload"}:
        return []
    text = sections(ast.get_docstring(function) or "")
    names, missing = parameters(function), []
    listed = re.findall(r"^([*\w][*\w, ]*?)(?: :.*)?$", text.get("Parameters", ""), re.M)
    described = {name.strip("* ") for line in listed for name in line.split(",")}
    if len(names) > 1:
        missing += [f"parameter {name}" for name in names if name not in described]
    elif names and names != ["lang"]:
        said = set(re.findall(r"\w+", text[""])) | described
        if not said & {names[0], *names[0].split("_")}:
            missing.append(f"parameter {names[0]}")
    returns = ast.unparse(function.returns) if function.returns else ""
    said_back = "Returns" in text or "Yields" in text or "contextmanager" in kinds
    if re.search(UNKNOWN, returns) and not said_back:
        missing.append(f"returns {returns}")
    explained = set(re.findall(r"\w+", text.get("Raises", "")))
    return missing + [f"raises {name}" for name in sorted(raised(function) - explained)]


WHOLE = '''
def f(a, *b) -> float:
    """Do it.

    Parameters
    ----------
    a, *b
        Numbers.

    Returns
    -------
    float
        In hours.
    """
'''


def test_public_functions_say_what_they_take_return_and_raise():
    found = dict(public_functions())
    assert len(found) > 450
    assert {"crmsim.runs.run.simulate", "crmsim.common.checks.require"} <= found.keys()
    assert "crmsim.runs.run.Run.from_record" in found
    missing = {name: lacks(function) for name, function in found.items()}
    assert {name: each for name, each in missing.items() if each} == {}


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ('def f(a, b) -> int:\n    """Return a and b."""', ["parameter a", "parameter b"]),
        ('def f(size) -> int:\n    """Return it."""', ["parameter size"]),
        ('def f(size) -> int:\n    """Return the size."""', []),
        ('def f() -> float:\n    """Return it."""', ["returns float"]),
        ('def f() -> NDArray[np.float64]:\n    """Return it."""', ["returns NDArray[np.float64]"]),
        (
            'def f():\n    """Refuse."""\n    if 1:\n        raise ValueError()',
            ["raises ValueError"],
        ),
        ('def f(a):\n    """Take a."""\n    require(a, "a", a, "true")', ["raises ValueError"]),
        (WHOLE, []),
    ],
)
def test_a_docstring_that_says_too_little_is_found(code, missing):
    function = ast.parse(code).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert lacks(function) == missing

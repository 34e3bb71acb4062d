"""Text that students wrote, made safe to show, to sort and to name files by.

Names come in every script and are kept as they are; what only deceives the eye is taken out:
control characters, overrides of the writing direction, characters without width, towers of
accents, and more than anybody would read.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable

from crmsim.common.numbers import significant

MOST_SHOWN = 200
MOST_READ = 600
MOST_ACCENTS = 3
JOINERS = "\u200c\u200d"
DIGEST = 16
STEM = 60
BEGINS_FORMULA = tuple("=+-@＝＋－＠")
"""Signs that a text may not begin with in a cell of a spreadsheet."""


def plain(text: object, most: int = MOST_SHOWN, lines: bool = False) -> str:
    """Return a text as it may be shown.

    Parameters
    ----------
    text
        Anything.
    most
        The most characters; longer ones end in an ellipsis.
    lines
        Whether line ends are kept.

    Examples
    --------
    >>> plain("  Lin\\u202eYue\\x00\\n"), plain("欧阳  娜娜"), plain("a" * 9, most=4)
    ('LinYue', '欧阳 娜娜', 'aaa…')
    """
    cut = str(text)[: 10 * most]
    # most texts are plain already, and there are hundreds of thousands in a class
    usual = cut.isascii() and cut.isprintable()
    kept = cut if usual else _shown(unicodedata.normalize("NFC", cut), lines)
    space = r"[^\S\n]+" if lines else r"\s+"
    kept = re.sub(space, " ", kept).strip()
    return kept if len(kept) <= most else kept[: most - 1].rstrip() + "…"


def one_line(text: object, most: int, compatible: bool = False) -> str:
    """Return words typed by hand, in any script, on one line and without invisible characters.

    Parameters
    ----------
    text
        Anything.
    most
        The most characters; longer ones are cut.
    compatible
        Whether signs of full width and the like become plain ones (NFKC), as in a number.

    Examples
    --------
    >>> one_line("  林\\u202e  悦 ", 80), one_line("２０２６", 40, compatible=True)
    ('林 悦', '2026')
    """
    # Not all of a huge text is read: its first signs are enough for so short a line.
    whole = unicodedata.normalize("NFKC" if compatible else "NFC", str(text)[: 20 * most])
    seen = "".join(
        " " if sign.isspace() else sign
        for sign in whole
        if sign.isspace() or sign in JOINERS or not unicodedata.category(sign).startswith("C")
    )
    return " ".join(seen.split())[:most].strip()


def value_as_text(value: object) -> str:
    """Return any value as plain text: numbers as people write them, texts with their lines.

    Examples
    --------
    >>> value_as_text(-1234.567), value_as_text("a\\u202eb"), value_as_text({"a": 1})
    ('−1,234.57', 'ab', '{"a": 1}')
    """
    if isinstance(value, str):
        return plain(value, MOST_READ, lines=True)
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return significant(round(value, 2), digits=10)
        except OverflowError:
            pass
    try:
        return plain(json.dumps(value, ensure_ascii=False), MOST_READ)
    except (TypeError, ValueError, RecursionError):
        return plain(type(value).__name__)


def joined(parts: Iterable[str], between: str) -> str:
    """Return several texts as one, no longer than anybody would read.

    Parameters
    ----------
    parts
        The texts.
    between
        What stands between two of them.
    """
    return plain(between.join(parts), 4 * MOST_READ)


def file_name(text: str) -> str:
    """Return a file name for a student, safe on every system and different for every student.

    Parameters
    ----------
    text
        What names the student: a number or an address.

    Examples
    --------
    >>> file_name("2026001"), file_name("../../etc/passwd")
    ('2026001', 'etc-passwd-3754d6cb3a38e118')
    """
    stem = re.sub(r"[^\w]+", "-", plain(text, STEM)).strip("-_")[:STEM]
    if stem == text and _HARMLESS.fullmatch(stem) and not _RESERVED.search(stem):
        return stem
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST]
    return f"{stem}-{digest}" if stem else digest


def same(text: object) -> str:
    """Return what several ways of writing one number, name or address have in common.

    Parameters
    ----------
    text
        A number, a name or an address as somebody wrote it.

    Examples
    --------
    >>> same(" Ｌ2026 ") == same("l2026")
    True
    """
    return unicodedata.normalize("NFKC", plain(text)).casefold().replace(" ", "")


def undressed(text: str) -> str:
    """Return what was meant by a cell, without what keeps a spreadsheet from changing it.

    Parameters
    ----------
    text
        The cell of a spreadsheet, such as ``="007"``.

    Examples
    --------
    >>> undressed('="0042"'), undressed("'0042"), undressed('"0042"'), undressed("'t Hooft")
    ('0042', '0042', '0042', "'t Hooft")
    """
    text = text.strip()
    if text.startswith("'") and (text[1:2].isdigit() or text[1:].startswith(BEGINS_FORMULA)):
        return text[1:]
    return re.sub(r'^=?"([^"]*)"$', r"\1", text).strip()


def same_loosely(number: object) -> str:
    """Return what ways of writing one number share where a spreadsheet took it for an amount.

    Examples
    --------
    >>> same_loosely("0042") == same_loosely("42") == same_loosely("42.0")
    True
    """
    whole = re.sub(r"\.0+$", "", same(number))
    return (whole.lstrip("0") or "0") if whole.isdecimal() else whole


_HARMLESS = re.compile(r"[a-z0-9_-]+")
_RESERVED = re.compile(rf"^(con|prn|aux|nul|com\d|lpt\d)$|[0-9a-f]{{{DIGEST}}}$")


def _shown(text: str, lines: bool) -> str:
    kept: list[str] = []
    accents = 0
    for sign in text:
        kind = unicodedata.category(sign)
        if sign in "\t\n\r":
            kept.append("\n" if lines and sign == "\n" else " ")
        elif kind in ("Cc", "Cs", "Co", "Cn") or (kind == "Cf" and sign not in JOINERS):
            continue
        elif kind in ("Mn", "Me"):
            accents += 1
            if accents <= MOST_ACCENTS:
                kept.append(sign)
            continue
        else:
            kept.append(sign)
        accents = 0
    return "".join(kept)

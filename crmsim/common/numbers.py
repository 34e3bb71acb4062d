"""Numbers and amounts of money as people write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from math import ceil, floor, isfinite, log10, prod

from crmsim.common.words import Translate


def number(value: float, digits: int = 0) -> str:
    """Write a number with a minus sign of its own and its thousands apart.

    Parameters
    ----------
    value
        The number.
    digits
        Digits after the point.

    Examples
    --------
    >>> number(-1234.5, 1), number(-0.2)
    ('−1,234.5', '0')
    """
    text = f"{value:,.{digits}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.removeprefix("-")


def brief(value: float) -> str:
    """Write a number as precisely as its size deserves: from 100 on without digits after the point.

    Parameters
    ----------
    value
        Any finite number.

    Examples
    --------
    >>> brief(8468.04), brief(-2.6613)
    ('8,468', '−2.66')
    """
    return number(value, 0 if abs(value) >= 100 else 2)


def significant(value: float, digits: int = 6) -> str:
    """Write a number with so many digits at most, and none that are 0 at its end.

    Parameters
    ----------
    value
        Any finite number.
    digits
        The most digits that are written.

    Examples
    --------
    >>> significant(-0.05), significant(2.0), significant(1234.5), significant(0.12345, digits=3)
    ('−0.05', '2', '1,234.5', '0.123')
    """
    return f"{value:,.{digits}g}".replace("-", "−")


def percent(share: float) -> str:
    """Write a share from 0 to 1 in whole per cent.

    Examples
    --------
    >>> percent(0.125), percent(-0.5)
    ('12 %', '−50 %')
    """
    return f"{number(100 * share)} %"


def exact(value: float) -> str:
    """Write points with all their digits, up to six after the point, and none that are 0.

    Parameters
    ----------
    value
        Points of a mark.

    Examples
    --------
    >>> exact(1234567.25), exact(0.1 + 0.2), exact(12.0), exact(-0.0)
    ('1234567.25', '0.3', '12', '0')
    """
    text = f"{round(value, 6) or 0.0:.6f}"  # 0.0 for what rounds to -0.0
    return text.rstrip("0").rstrip(".") if "." in text else text


def scaled(value: float, t: Translate) -> str:
    """Write a number in three digits, a large one in the large units of the language.

    Parameters
    ----------
    value
        Any finite number.
    t
        The words of the language.

    Examples
    --------
    >>> from crmsim.common.words import words
    >>> scaled(1_250_000, words("en")), scaled(-35_000, words("zh")), scaled(0.5, words("en"))
    ('1.25M', '−3.5万', '0.5')
    """
    for scale in t("market.dials.scales").split():
        size, _, sign = scale.partition("=")
        if abs(value) >= float(size):
            return f"{_three(value / float(size))}{sign}"
    return _three(value)


def _three(value: float) -> str:
    return significant(value, digits=3) if abs(value) < 1000 else number(value)


def round_values(values: Sequence[float], most: int = 4) -> list[float]:
    """Return round numbers, evenly apart, that enclose the values; `most` as a rule, or one more.

    Parameters
    ----------
    values
        Finite numbers; an empty list stands for 0 to 1.
    most
        How many round numbers are wanted, at least 2.

    Returns
    -------
    list of float
        From the smallest to the largest, at least two.

    Examples
    --------
    >>> round_values([0.41, 0.58])
    [0.4, 0.5, 0.6]
    >>> round_values([-30.0, 120.0])
    [-50.0, 0.0, 50.0, 100.0, 150.0]
    """
    low, high = (min(values), max(values)) if len(values) else (0.0, 1.0)
    spread = high - low or abs(high) or 1.0
    raw = spread / (most - 1)
    size = 10.0 ** floor(log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    last += first == last
    return [round(step * at, 10) for at in range(first, last + 1)]


def money(amount: float, currency: str, t: Translate) -> str:
    """Write an amount of money, a large one in the large unit of the language.

    Parameters
    ----------
    amount
        The amount, in units of the currency.
    currency
        Its three letters, such as CNY.
    t
        The words of the language.

    Examples
    --------
    >>> from crmsim.common.words import words
    >>> money(-2_345_000, "CNY", words("en")), money(-2_345_000, "CNY", words("zh"))
    ('−¥2.35 million', '−234.5万元')
    """
    scale = int(t("play.money.scale"))
    size = abs(amount)
    written = number(size)
    if size >= scale:
        written = t("play.money.scaled", amount=number(size / scale, 2 if scale > 10_000 else 1))
    return ("−" if round(amount) < 0 else "") + in_currency(written, currency, t)


def in_currency(written: str, currency: str, t: Translate) -> str:
    """Return an amount that is written already, with its currency.

    Parameters
    ----------
    written
        The amount as text.
    currency
        The code of its currency, such as ``"CNY"``.
    t
        The words of the language.
    """
    known = currency in ("CNY", "USD")
    key = f"play.money.{currency}" if known else "play.money.other"
    places = {"amount": written} if known else {"amount": written, "currency": currency}
    return t(key, **places)


def typed(text: str) -> float | None:
    """Read one number as a person types it, in English or Chinese; None if it is not one.

    Every kind of minus sign is read, 负 too, signs of full width, thousands set apart by commas,
    千 万 百 亿, and a unit after the number. What could mean two things is not read: ``1,5``.

    Parameters
    ----------
    text
        What was typed.

    Returns
    -------
    float or None
        The number, without its unit.

    Examples
    --------
    >>> typed("−4,000"), typed("负4千"), typed("－３．５万"), typed("185分钟")
    (-4000.0, -4000.0, -35000.0, 185.0)
    >>> typed("1/2"), typed("3到5"), typed("1,5"), typed("1e999"), typed("一百八十五")
    (None, None, None, None, None)
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    found = _TYPED.fullmatch(_MINUS.sub("-", plain).replace("负", "-", 1))
    # ² and ½ would become the digits of another number.
    if not found or any(unicodedata.category(each) == "No" for each in text):
        return None
    sign, whole, large = found.groups()
    value = float(f"{sign}{whole.replace(',', '')}") * prod(_LARGE[each] for each in large)
    return value if isfinite(value) else None


_MINUS = re.compile("[\u2010-\u2015\u2212\ufe63]")
_LARGE = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_UNITS = (
    "% 元 块 人 位 个 次 倍 分 分钟 小时 天 周 年 季度 percent yuan dollars people customers "
    "min minutes hours days weeks years quarters times points"
)
_TYPED = re.compile(
    r"([+-]?)[¥$€]?((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:e[+-]?\d{1,3})?|\.\d+)([百千万亿]*)"
    rf"(?:{'|'.join(_UNITS.split())})?",
    re.I,
)

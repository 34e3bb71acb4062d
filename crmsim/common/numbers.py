"""Numbers and amounts of money as people write them."""

from __future__ import annotations

from collections.abc import Callable


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

    Examples
    --------
    >>> brief(8468.04), brief(-2.6613)
    ('8,468', '−2.66')
    """
    return number(value, 0 if abs(value) >= 100 else 2)


def exact(value: float) -> str:
    """Write points with all their digits, up to six after the point, and none that are 0.

    Examples
    --------
    >>> exact(1234567.25), exact(0.1 + 0.2), exact(12.0), exact(-0.0)
    ('1234567.25', '0.3', '12', '0')
    """
    text = f"{round(value, 6) or 0.0:.6f}"  # 0.0 for what rounds to -0.0
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(amount: float, currency: str, t: Callable[..., str]) -> str:
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


def in_currency(written: str, currency: str, t: Callable[..., str]) -> str:
    """Return an amount that is written already, with its currency."""
    known = currency in ("CNY", "USD")
    key = f"play.money.{currency}" if known else "play.money.other"
    places = {"amount": written} if known else {"amount": written, "currency": currency}
    return t(key, **places)

"""Numbers and moods as a person would say them."""

from __future__ import annotations

from collections.abc import Callable

from crmsim.common.words import words
from crmsim.scenario.encounter import EncounterScenario


def number(value: float, digits: int = 0) -> str:
    """A number with a proper minus sign and thousands apart.

    Examples
    --------
    >>> number(-1234.5, 1)
    '−1,234.5'
    """
    text = f"{value:,.{digits}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.removeprefix("-")


def money(amount: float, currency: str, t: Callable[..., str]) -> str:
    """An amount of money; large amounts in the language's own large unit.

    Examples
    --------
    >>> from crmsim.common.words import words
    >>> money(-2_345_000, "CNY", words("en")), money(-2_345_000, "CNY", words("zh"))
    ('−¥2.35 million', '−234.5万元')
    """
    scale = int(t("play.money.scale"))
    size = abs(amount)
    said = number(size)
    if size >= scale:
        said = t("play.money.scaled", amount=number(size / scale, 2 if scale > 10_000 else 1))
    return ("−" if round(amount) < 0 else "") + in_currency(said, currency, t)


def in_currency(said: str, currency: str, t: Callable[..., str]) -> str:
    """An amount that is already said, with its currency."""
    known = currency in ("CNY", "USD")
    key = f"play.money.{currency}" if known else "play.money.other"
    places = {"amount": said} if known else {"amount": said, "currency": currency}
    return t(key, **places)


def words_of(case: EncounterScenario, lang: str) -> Callable[..., str]:
    """The words of the play as a case says them: its own where it has some.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> words_of(load("bus"), "en")("play.server")
    'driver'
    """
    usual = words(lang)
    own = {f"play.{key}": text[lang] for key, text in case.words.items()}

    def text(key: str, /, **places: object) -> str:
        if key not in own:
            return usual(key, **places)
        return own[key].format(**places) if places else own[key]

    return text


def mood_words(mood: float) -> str:
    """The key of the word for a mood from −1 to 1.

    Examples
    --------
    >>> mood_words(0.7), mood_words(0.0), mood_words(-0.9)
    ('delighted', 'calm', 'upset')
    """
    for limit, key in ((0.55, "delighted"), (0.15, "pleased"), (-0.15, "calm"), (-0.55, "uneasy")):
        if mood >= limit:
            return key
    return "upset"

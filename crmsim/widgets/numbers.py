"""The words of a play: a case's own, and those for a mood."""

from __future__ import annotations

from crmsim.common.words import Translate, words
from crmsim.scenario.encounter import EncounterScenario


def words_of_play(case: EncounterScenario, lang: str) -> Translate:
    """Return the words of the play, with the case's own in place of some.

    Parameters
    ----------
    case
        The case of the visit.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    function
        As `crmsim.common.words.words` returns it.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> words_of_play(load("bus"), "en")("play.server")
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
    """Return the key of the word for a mood from −1 to 1.

    Examples
    --------
    >>> mood_words(0.7), mood_words(0.0), mood_words(-0.9)
    ('delighted', 'calm', 'upset')
    """
    for limit, key in ((0.55, "delighted"), (0.15, "pleased"), (-0.15, "calm"), (-0.55, "uneasy")):
        if mood >= limit:
            return key
    return "upset"

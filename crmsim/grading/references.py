"""Right functions of the exercises in which a student writes one.

They are here and nowhere else: the sandbox shows a student's code the course without this module.
An exercise names its function in ``reference``.
"""

from __future__ import annotations


def ratio(perceived: float, expected: float) -> float:
    """Return perceived ÷ expected, the source documents' formula of satisfaction (B-12).

    Examples
    --------
    >>> ratio(60, 40), ratio(60, 80)
    (1.5, 0.75)
    """
    return perceived / expected


def ripples(gain: float, rounds: int) -> float:
    """Return what a change of 1 adds up to after so many rounds of a loop (Sterman 2000, ch. 8).

    ``1 + gain + gain² + …``: towards ``1 ÷ (1 − gain)`` where the gain is below one, beyond every
    bound where it is not.

    Examples
    --------
    >>> ripples(0.5, 3)
    1.875
    """
    return float(sum(gain**turn for turn in range(rounds + 1)))


def carried_min(legs: int, added_min: float, recovered_min: float) -> float:
    """Return the delay of the last flight of an aircraft, in minutes.

    Each of the ``legs`` flights adds ``added_min``; each turn before it makes up ``recovered_min``.

    Examples
    --------
    >>> carried_min(5, 8, 0), carried_min(5, 8, 5), carried_min(4, 6, 10)
    (40, 20, 6)
    """
    delay: float = 0
    for _ in range(legs):
        delay = max(delay - recovered_min, 0) + added_min
    return delay


def kept_of_hundred(complain: float, solved: float) -> float:
    """Return how many of 100 customers with a serious problem stay (TARP 1979/86).

    So many ``complain``, and the share ``solved`` (0 to 1) of their complaints is solved fast.

    Examples
    --------
    >>> kept_of_hundred(0, 0.5), kept_of_hundred(50, 0.5)
    (9.0, 29.75)
    """
    heard = (1 - solved) * 0.19 + solved * 0.82
    return (100 - complain) * 0.09 + complain * heard


def fairness(result: float, treatment: float, procedure: float) -> float:
    """Return how fair a recovery feels, 0 to 1 (order: Orsingher, Valentini & de Angelis 2010).

    Examples
    --------
    >>> round(fairness(1, 0, 0.5), 3), round(fairness(1, 1, 0.5), 3)
    (0.55, 0.9)
    """
    return 0.45 * result + 0.35 * treatment + 0.20 * procedure


def load_of_calls(calls: float, minutes: float) -> float:
    """Return the load of a desk in erlangs: the agents who talk at any moment (Erlang 1917).

    ``calls`` come in an hour, and each takes so many ``minutes``.

    Examples
    --------
    >>> load_of_calls(60, 4), load_of_calls(90, 3)
    (4.0, 4.5)
    """
    return calls * minutes / 60


def both_parts(technical: float, functional: float) -> float:
    """Return the quality made of outcome and process in equal shares, in points (Grönroos 1984).

    Examples
    --------
    >>> both_parts(90, 40), both_parts(100, 0)
    (60.0, 0.0)
    """
    return float((technical * functional) ** 0.5)


def worth_of_customer(margin: float, stays: float, interest: float) -> float:
    """Return what a customer is worth today (Gupta & Lehmann 2003).

    She leaves a ``margin`` a year and ``stays`` (0–1) from one year to the next, at so much
    ``interest`` a year (0.1 is 10 %).

    Examples
    --------
    >>> round(worth_of_customer(600, 0.8, 0.1)), round(worth_of_customer(600, 0.9, 0.1))
    (1600, 2700)
    """
    return margin * stays / (1 + interest - stays)


def season_profit(stock: float, wanted: float, margin: float, loss: float) -> float:
    """Return what a season brings with so many in stock and wanted (the newsvendor's sum).

    One sold brings ``margin``, one left over costs ``loss``.

    Examples
    --------
    >>> season_profit(50, 40, 400, 250), season_profit(50, 60, 400, 250)
    (13500, 20000)
    """
    return margin * min(stock, wanted) - loss * max(stock - wanted, 0)


def weeks_left(cash: float, limit: float, loss: float) -> float:
    """Return the weeks until the cash of a firm falls to the limit of its bank.

    Parameters
    ----------
    cash, limit
        What is in the till, and where the bank closes the firm, in currency.
    loss
        What is lost a week, in currency, above 0.

    Examples
    --------
    >>> weeks_left(50000, -60000, 2200), weeks_left(-70000, -60000, 1000)
    (50.0, 0.0)
    """
    return float(max((cash - limit) / loss, 0))


def net_promoter(promoters: float, passives: float, detractors: float) -> float:
    """Return the net promoter score of so many people, −100 to 100 (Reichheld 2003).

    Examples
    --------
    >>> net_promoter(100, 60, 40)
    30.0
    """
    return 100 * (promoters - detractors) / (promoters + passives + detractors)


def left_of_capital(weeks: float, life: float) -> float:
    """Return the share of a service capital that is left after weeks without spending (E-18).

    Examples
    --------
    >>> round(left_of_capital(52, 200), 2), round(left_of_capital(52, 52), 2)
    (0.77, 0.36)
    """
    return (1 - 1 / life) ** weeks

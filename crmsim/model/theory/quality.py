"""Service quality: the gaps in which it is lost, and the two parts of which it is made.

The five gaps follow Parasuraman, Zeithaml & Berry (1985, Journal of Marketing 49:41); technical and
functional quality and the filter of the image follow Grönroos (1984, European Journal of Marketing
18:36). The sources give the pictures; the sums below are the simplest that fit them, and ours.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crmsim.common.arrays import FloatOrArray
from crmsim.common.checks import is_number, require


class FiveGaps(NamedTuple):
    """The five gaps of a service, on the scale of quality; a negative one is a surplus.

    ``listening`` (gap 1), ``standards`` (2) and ``performance`` (3) lower what is delivered,
    ``promise`` (4) raises what is expected, and ``customer`` (5) is their sum.
    """

    listening: FloatOrArray
    standards: FloatOrArray
    performance: FloatOrArray
    promise: FloatOrArray
    customer: FloatOrArray


def five_gaps(
    wanted: FloatOrArray,
    understood: FloatOrArray,
    standard: FloatOrArray,
    delivered: FloatOrArray,
    promised: FloatOrArray,
) -> FiveGaps:
    """Return where a service loses quality on the way from a wish to what is delivered.

    Parameters
    ----------
    wanted
        What customers want before the firm has promised anything.
    understood
        What managers think that customers want.
    standard
        What the rules of the firm demand of its staff.
    delivered
        What staff really do.
    promised
        What the firm says that it does. A promise below the wish changes nothing: people go on
        wanting what they want.

        Each is quality, 0 to 1; numbers or arrays of one shape.

    Returns
    -------
    FiveGaps
        On the scale of quality, in the shape of the levels.

    Raises
    ------
    ValueError
        If a level is not a quality from 0 to 1.

    Examples
    --------
    >>> gaps = five_gaps(0.7, 0.6, 0.55, 0.5, promised=0.8)
    >>> [round(float(gap), 2) for gap in gaps]
    [0.1, 0.05, 0.05, 0.1, 0.3]
    """
    levels = {
        "wanted": wanted,
        "understood": understood,
        "standard": standard,
        "delivered": delivered,
        "promised": promised,
    }
    for name, level in levels.items():
        require(is_number(level, 0, 1), name, level, "a quality from 0 to 1")
    promise = np.maximum(promised, wanted) - wanted
    return FiveGaps(
        listening=wanted - understood,
        standards=understood - standard,
        performance=standard - delivered,
        promise=promise,
        customer=wanted + promise - delivered,
    )


def both_qualities(
    technical: FloatOrArray, functional: FloatOrArray, technical_share: float
) -> FloatOrArray:
    """Return the quality made of what a customer gets and how she gets it.

    They multiply, technical^a · functional^(1 − a): neither can replace the other (form ours).

    Parameters
    ----------
    technical, functional
        Quality of the outcome and of the process, 0 to 1; numbers or arrays of one shape.
    technical_share
        a, from 0 (only the process counts) to 1 (only the outcome does).

    Returns
    -------
    float or array
        Quality, 0 to 1, in the shape of the two parts.

    Raises
    ------
    ValueError
        If a quality or the share is not a number from 0 to 1.

    Examples
    --------
    >>> round(both_qualities(0.9, 0.4, technical_share=0.5), 2)
    0.6
    >>> both_qualities(0.0, 1.0, technical_share=0.5)
    0.0
    """
    for name, level in (("technical", technical), ("functional", functional)):
        require(is_number(level, 0, 1), name, level, "a quality from 0 to 1")
    require(is_number(technical_share, 0, 1), "technical_share", technical_share, "a share, 0 to 1")
    return technical**technical_share * functional ** (1 - technical_share)


def through_image(quality: FloatOrArray, image: FloatOrArray, image_filter: float) -> FloatOrArray:
    """Return the quality as it looks through the image of the firm.

    Quality + θ · (image − quality): a good image lifts a bad day, a bad one dims a good day.

    Parameters
    ----------
    quality, image
        0 to 1; numbers or arrays of one shape.
    image_filter
        θ, from 0 (seen as it is) to 1 (only the image is seen).

    Returns
    -------
    float or array
        Quality as perceived, 0 to 1, in the shape of what is given.

    Raises
    ------
    ValueError
        If one of the three is not a number from 0 to 1.

    Examples
    --------
    >>> [round(through_image(0.5, image, image_filter=0.2), 2) for image in (0.9, 0.5, 0.1)]
    [0.58, 0.5, 0.42]
    """
    for name, level in (("quality", quality), ("image", image)):
        require(is_number(level, 0, 1), name, level, "a number from 0 to 1")
    require(is_number(image_filter, 0, 1), "image_filter", image_filter, "a share, 0 to 1")
    return quality + image_filter * (image - quality)

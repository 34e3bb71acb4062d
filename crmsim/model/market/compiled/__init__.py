"""The optional compiled engine of the Market (Numba). It gives the same numbers, bit by bit.

`engine` chooses the engine; the formulas themselves stand in `model.market`.
"""

"""The Market: thousands of customers and one firm, week by week, decided quarter by quarter.

The NumPy engine is here; the optional compiled engine is in `compiled/`.
"""

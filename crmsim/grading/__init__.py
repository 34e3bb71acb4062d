"""Grading of hand-ins: one command for a folder, results, marks and pages.

`reading` trusts nothing, `sandbox` runs the code, `marks` judges, `pages` tells. No widgets.
"""

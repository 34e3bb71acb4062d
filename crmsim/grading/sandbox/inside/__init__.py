"""The part of the grader that runs inside the jail.

No rule of marking and no key may ever be put here.
"""

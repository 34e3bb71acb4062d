"""The exercises of the course: how one is declared, answered, marked, varied and put into words.

A kind of exercise is a class in ``kinds``. Showing one is the work of `widgets.exercises`; marking
a hand-in, of `grading`.
"""

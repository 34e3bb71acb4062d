"""The questions of the course: how an exercise is declared, answered, marked and varied.

Showing an exercise is the work of `widgets.exercises`; marking a hand-in, of `grading`.
"""

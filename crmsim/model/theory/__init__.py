"""The formulas of the field, one module for each topic, each with its published source.

Plain functions of numbers and arrays. Some serve a world, others only a figure or an exercise;
the docstring of each module says which.
"""

"""Screens in the notebook: the stage, the pages of the games, exercises and drawings.

Only this package imports ipywidgets and anywidget. Sessions and rules of play are in `course`.
"""

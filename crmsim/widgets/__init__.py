"""Screens in the notebook: the stage, the pages of the games, exercises and drawings.

Only this package imports ipywidgets and anywidget. Sessions and rules of play are in `course`.
"""

import sys

if "IPython" in sys.modules:
    from IPython.core.getipython import get_ipython

    if (shell := get_ipython()) is not None:
        from crmsim.widgets.cell_errors import load_ipython_extension

        load_ipython_extension(shell)

"""The three worlds (Encounter, Desk, Market) and the formulas they are made of.

Pure simulation: no figures, no widgets, no files. A world is stepped; `crmsim.runs` drives it.
"""

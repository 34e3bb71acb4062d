"""Small tools for every other folder: errors, words, numbers, checks, files, tables, chance.

Nothing here imports from the rest of crmsim, and nothing here knows about services or lessons.
"""

"""Small tools that every other package uses: errors, words, checks, files, tables, sums, chance.

Nothing here imports from the rest of crmsim, and nothing here knows about services or lessons.
"""

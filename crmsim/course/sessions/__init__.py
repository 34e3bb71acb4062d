"""Sessions: a game as a list of acts. Doing the acts again gives the same game.

Used by the player (`widgets`), by the grader and in class. Nothing here draws anything.
"""

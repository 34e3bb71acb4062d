"""The student's side of the course, without widgets: her number, progress, passport and hand-in.

The sessions that a player, the grader and the class replay are in `sessions/`.
"""

"""Running a student's code apart from the grader. `inside/` is all that the jail can see of it."""

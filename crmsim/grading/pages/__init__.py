"""The pages of the grader: feedback for the student, report and debrief for the teacher."""

"""Grading what students hand in: run apart, asked for values, judged outside, with reasons."""

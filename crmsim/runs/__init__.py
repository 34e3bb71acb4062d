"""Runs: make one, replay it, change one action, compare policies, explain the result.

A run is (scenario, seed, actions). Drawing it is the work of `figures` and `widgets`.
"""

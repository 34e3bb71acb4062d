"""The Desk: one day at a service desk, with arrivals, a queue, agents, and complaint cases.

The formulas of waiting lines are in `model.theory.queues`.
"""

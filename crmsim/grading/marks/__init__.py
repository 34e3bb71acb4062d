"""From values to marks: judging, late days, rosters, overrides, the queue, the gradebook."""

"""The play of an Encounter: a visit, the bet after it, and what follows for the firm."""

"""Speed of the engine, against twins in other engines and against the machine's limits."""

"""How fast the engine is, against twins in other engines and against the machine's limits."""

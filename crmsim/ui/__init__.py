"""What is seen: the stage, its drawings, and the play (the only part that imports widgets)."""

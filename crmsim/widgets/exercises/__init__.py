"""The widgets of exercises: questions, predictions, causal loop diagrams, curves to draw."""

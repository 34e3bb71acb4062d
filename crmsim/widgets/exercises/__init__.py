"""The widgets of exercises: questions, predictions and their outcomes, diagrams, curves to draw."""

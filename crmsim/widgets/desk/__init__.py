"""Leading a service desk through a day: its screens, one module each part of the day."""

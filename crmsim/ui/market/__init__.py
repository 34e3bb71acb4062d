"""A firm led quarter by quarter: watch what became of another's strategy, then lead it yourself."""

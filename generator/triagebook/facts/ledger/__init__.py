"""What the runs and other evidence of one issue say. Knows no fact and no verdict."""

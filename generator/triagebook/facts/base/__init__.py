"""The facts that follow from the records and the runs alone, without a verdict."""

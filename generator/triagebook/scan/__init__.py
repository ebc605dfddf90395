"""Finds the locations of a defect in source code, and where a record no longer agrees with the code."""

"""Source code -> locations: where a detector finds the defect, and what of a record no longer holds there."""

"""Failures in free text: the lines that state an error, the frames of a trace, and what two occurrences share."""

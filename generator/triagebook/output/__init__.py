"""Writes findings in five formats, one module each."""

"""Writes evidence and imported issues to the book."""

"""Reads records with the position of every value, and edits files without changing other bytes."""

"""The records: read-only, without I/O. One class for each kind of file in a book."""

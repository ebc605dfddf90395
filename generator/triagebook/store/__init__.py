"""Files <-> records: reading with a position for every value, and edits that keep all they do not touch."""

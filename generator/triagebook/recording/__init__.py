"""What was seen -> evidence in the book: joins what was read, the code it was seen on, and the plan it meets."""

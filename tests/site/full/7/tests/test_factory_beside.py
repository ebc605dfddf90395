"""Not collected."""

"""What other tools know -> drafts: bytes in, plain values out; one module a format."""

"""The commands, one module each. They join the parts, and are the only ones that print or exit."""

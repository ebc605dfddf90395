"""Answers questions about a checkout: git, work tree, digests, state."""

"""Criteria, proofs, environments and stages, and the verdict they lead to."""

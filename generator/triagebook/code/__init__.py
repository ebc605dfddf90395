"""Everything that is asked of a checkout: git, work tree, digests, state."""

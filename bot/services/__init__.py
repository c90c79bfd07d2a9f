"""Use cases: one use case, one function, one transaction."""

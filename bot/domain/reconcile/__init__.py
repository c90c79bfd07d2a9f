"""The rules of an import: how the statements of several sources become one catalog. No store, no clock.

- `claims` writes a claim as JSON; `diff` finds what changed, and when a change is too large.
- `assets` decides which claims are about the same asset and merges them; `parents` resolves what it is a part of.
- `book` holds teams and people; `teams` and `people` decide who is who; `owners` resolves an owner reference.
"""

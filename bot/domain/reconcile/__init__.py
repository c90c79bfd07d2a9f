"""The rules of an import: how what sources say becomes one catalog. Values in, values out; no store, no clock.

`claims` writes a claim as JSON, `diff` tells what changed and when that is too much, `assets` says what is the same
asset and merges what is said of it, `parents` resolves what it is a part of; `book` holds teams and people, `teams` and
`people` settle who is who, `owners` resolves an owner reference.
"""

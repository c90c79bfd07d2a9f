"""Use cases of the inventory: what scans have seen becomes deployments."""

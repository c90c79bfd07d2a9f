"""What runs where: what sources and scans have seen, and the deployments that follow from it."""

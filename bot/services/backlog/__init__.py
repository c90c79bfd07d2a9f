"""Use cases of requests to the DevOps team."""

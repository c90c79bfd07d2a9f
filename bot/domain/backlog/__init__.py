"""Requests to the DevOps team: from a thread to a draft, and from a request to its rank."""

"""The simulated Slack workspace, which the tests use as their fake, and its page."""

"""The simulated Slack workspace, which is also the fake of the tests, and its page."""

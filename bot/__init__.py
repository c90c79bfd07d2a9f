"""Baton: who owns what, who is asked for what, and what reaches end of life, answered in Slack."""

__version__ = "0.1.0"

"""Handoffs between teams: offered, answered one resource at a time, and carried out."""

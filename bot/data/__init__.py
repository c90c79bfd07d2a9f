"""Data that ships with Baton."""

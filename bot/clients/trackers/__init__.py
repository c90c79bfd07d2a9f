"""Trackers in which requests become issues, behind `bot.ports.Tracker`."""

"""Block Kit rendering: pure values in, Slack blocks out."""

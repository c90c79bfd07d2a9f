"""Pure rules: no await, no session, no clock, no Slack. `today` and `now` are arguments."""

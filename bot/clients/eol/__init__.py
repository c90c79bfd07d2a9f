"""Where end-of-life dates come from."""

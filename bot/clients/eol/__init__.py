"""End-of-life facts from outside: the feed's document, and the starter table that ships with Baton."""

"""What runs where, when its support ends, and when to say so."""

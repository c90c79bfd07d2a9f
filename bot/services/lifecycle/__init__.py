"""End of life: what runs where, and the facts that it is held against."""

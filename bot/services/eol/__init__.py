"""Use cases of end of life: what runs where, when its support ends, who is told and what they answered."""

"""What runs where: one module for each source, from what it says to `Sightings`."""

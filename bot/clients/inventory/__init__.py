"""What runs where: one module for each source, which turns its data into `Sightings`."""

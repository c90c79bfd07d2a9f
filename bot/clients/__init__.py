"""One module for each foreign thing that Baton talks to or reads."""

"""One module for each external system or file format that Baton talks to or reads."""

"""Use cases of matters: claims of what is owned, doubts and disputes, each of which somebody can end."""

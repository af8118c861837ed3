"""Reading what a board shows, all of it from one snapshot."""

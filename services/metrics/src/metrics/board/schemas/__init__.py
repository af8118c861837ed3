"""What a board shows: the picture of a moment, and the pages it becomes."""

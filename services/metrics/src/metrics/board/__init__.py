"""The board: the figures of the park wall in a browser, live."""

"""What became of the items of receipts: counts by outcome and the items to look at."""

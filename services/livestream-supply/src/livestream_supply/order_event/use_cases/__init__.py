"""What the intake does with a post of order events."""

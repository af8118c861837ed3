"""Order events: what partner platforms report, checked and written to the outbox."""

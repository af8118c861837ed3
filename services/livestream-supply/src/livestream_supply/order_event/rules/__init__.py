"""Pure decisions about order events: no session, no clock, no I/O."""

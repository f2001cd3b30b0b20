"""Tables and reports over results."""

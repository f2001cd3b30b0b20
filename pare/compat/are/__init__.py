"""``are``: the names that scenario files import, each with a line that says where it lives here."""

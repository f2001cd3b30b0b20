"""Published home of the registry, the result cache and the scenario expander."""

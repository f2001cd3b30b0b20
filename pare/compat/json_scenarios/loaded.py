"""The classes of scenarios that were read name this as their module: there is no Python source of theirs."""

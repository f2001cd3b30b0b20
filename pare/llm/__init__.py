"""Language models behind HTTP endpoints: clients, limits, outages, the journal, scripted models."""

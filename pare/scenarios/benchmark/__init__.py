"""The bundled scenarios, one a file."""

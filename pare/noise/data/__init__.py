"""The bundled data of environmental noise, and what it is made by; all people and firms are made up."""

"""A facade of OGC SensorThings 1.1 over sensors, their channels and their minutes (docs/reference/sensorthings.md)."""

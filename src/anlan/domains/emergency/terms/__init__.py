"""Words of emergency: alarms, incidents, duty, joint response."""

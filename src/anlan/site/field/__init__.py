"""The server's side of the field app: keys and sealed envelopes, devices, uploads, the day pack, and records taken once."""

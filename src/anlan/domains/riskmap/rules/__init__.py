"""Rules of the risk map: arithmetic on plain values; where one refuses it returns the reason, else None."""

"""The law as versioned data and its clock as pure functions: plain values in, plain values out, no Django."""

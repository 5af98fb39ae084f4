"""The map of safety risks: what may go wrong where, how badly, who answers for it and what holds it down."""

"""Pages of the crowd watch; one module per noun."""

"""How wrong somebody's numbers are: inputs, a judge, what it finds, and how that is told."""

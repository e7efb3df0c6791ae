"""How signals and gradients travel through deep random networks, in theory and in simulation."""

"""How reports are written: aligned columns for people, JSON and rows for programs."""

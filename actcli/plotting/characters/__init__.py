"""Pictures in characters, for terminals."""

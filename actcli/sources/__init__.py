"""Where x comes from. A source knows no activation and no format."""

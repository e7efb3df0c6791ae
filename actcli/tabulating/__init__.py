"""All results of a small dtype, as text for programs and hardware."""

"""Write reports: aligned columns for people, JSON and rows for programs."""

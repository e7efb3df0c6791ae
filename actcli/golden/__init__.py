"""Frozen files of true values, and whether some are still what they were."""

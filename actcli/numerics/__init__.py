"""Dtypes and their numbers, and the certified values of a program."""

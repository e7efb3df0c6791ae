"""The declarations, a file a family.

Every Activation at the top level of a module here is part of the catalogue, and the module's name
is its family.
"""

"""The declarations, one file for each family.

Every Activation at the top level of a module here is in the catalogue; its family is the module's
name.
"""

"""The commands, a file each: they parse options and connect the layers below."""

"""The commands, one file each: they parse, connect the layers below, and do nothing else."""

"""How wrong numbers are: the inputs, the judge, its findings, and reports of them."""

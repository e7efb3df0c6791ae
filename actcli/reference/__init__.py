"""The catalogue for readers: facts as plain data, a card for one function, a table for all."""

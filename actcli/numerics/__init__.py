"""From a declaration, a dtype and numbers x to correctly rounded columns."""

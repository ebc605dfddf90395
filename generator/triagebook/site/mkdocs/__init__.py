"""How MkDocs carries the pages: the only package that imports it."""

"""The docs site: which pages there are, what each shows, and how MkDocs carries them."""

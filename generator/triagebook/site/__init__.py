"""The docs site: its pages, what each shows, and how MkDocs builds them."""

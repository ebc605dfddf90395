"""The MkDocs integration. No other package imports MkDocs."""

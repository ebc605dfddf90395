"""triagebook: issue records in YAML, and the reports that follow from them."""

__version__ = "0.1.0"

"""What is shown of an issue, once for reports and pages: structs of values, with no word of a template and no link."""

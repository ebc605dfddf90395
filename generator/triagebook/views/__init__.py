"""What reports and pages show of an issue: plain data, without templates or links."""

"""Reads the files of other tools: bytes in, plain values out, one module per format."""

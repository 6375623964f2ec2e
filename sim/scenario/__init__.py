"""What may be said: frozen, strict, documented records, and the reader of scenario files."""

"""What it means: pure functions of records."""

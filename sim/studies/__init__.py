"""What is asked: runs and studies, each ending in a result."""

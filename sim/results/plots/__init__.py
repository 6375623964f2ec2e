"""Pictures. Only here is matplotlib imported."""

"""The shell's verbs, one module each; the only place that prints."""

"""One self-contained page about a result: what it says, what it rests on, and how it is written as HTML."""

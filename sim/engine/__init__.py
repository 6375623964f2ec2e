"""What happens: a plan lived through, day by day, in SimPy processes over a case axis."""

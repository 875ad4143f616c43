"""What experiment.py is made of: networks and what is kept of them, populations, references, defaults."""

"""What was measured: arrays in, arrays out. Nothing here knows Brian2; figures.py is the only matplotlib."""

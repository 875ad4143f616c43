"""The command line, and the verbs that only it has: compare, doctor, inspect, reproduce."""

"""How a network becomes numbers: identity, cache, build, and a process or this one that simulates."""

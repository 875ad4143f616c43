"""How long tests wait before they say that nothing happens."""

# s, for what takes a minute at most on a machine that does nothing else: most of it is a compiler's. What takes longer
# gets a multiple. It is no measure of anything: it only ends a test that hangs, on a machine under any load.
PATIENCE = 600.0

"""The service while its processes are killed: what was promised, and whether it was kept."""

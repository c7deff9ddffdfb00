"""Pages over the network, politely: what is asked for, and what came of it."""

"""How the cost of a page and of a job goes with their number, and the plan for many of them."""

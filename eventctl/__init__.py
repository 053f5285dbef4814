"""``eventctl``: what an operator does to a deployment of the Event API, on AWS or on this machine."""

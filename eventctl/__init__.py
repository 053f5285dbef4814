"""``eventctl``: an operator's command for a deployment of the Event API, on AWS or on this machine."""

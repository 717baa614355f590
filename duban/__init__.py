"""Duban (督办): supervision of government matters, with every date explained by its article."""

__version__ = "0.1.0"

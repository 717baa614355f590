"""Commands for packs and dates that run without Django; duban.__main__ lists them."""

"""What pages read, as frozen dataclasses: permission first, then a fixed number of queries."""

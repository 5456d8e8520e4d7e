"""A Prometheus in small files, for machines without one, and to see how it works."""

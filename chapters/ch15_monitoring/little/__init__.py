"""A Prometheus in three small files: for laptops without one, and to see how it works."""

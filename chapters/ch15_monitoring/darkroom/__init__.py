"""A small system to watch: an API that takes photos, a worker that develops them."""

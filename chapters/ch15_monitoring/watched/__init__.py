"""What watches a system: put around any ASGI application and any Dramatiq broker."""

"""The prediction service, laid out as in production; app.py is where it begins."""

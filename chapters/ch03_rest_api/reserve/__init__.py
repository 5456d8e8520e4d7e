"""A project of several files: one router a resource, one shape a purpose.

Run: uvicorn chapters.ch03_rest_api.reserve.app:app
"""

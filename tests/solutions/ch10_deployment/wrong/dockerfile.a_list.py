# expect: I need the text of a Dockerfile
dockerfile = ["FROM python:3.13-slim"]

# expect: This is no Dockerfile
dockerfile = """
COPY requirements.lock .
RUN pip install -r requirements.lock
"""

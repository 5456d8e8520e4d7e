# expect: the last stage needs the packages
dockerfile = """
FROM python:3.13-slim AS build
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.13-slim
COPY station /srv/station
WORKDIR /srv
USER 10001
HEALTHCHECK CMD ["python", "-m", "station.healthcheck", "8000"]
CMD ["uvicorn", "station.main:app", "--host=0.0.0.0", "--port=8000"]
"""

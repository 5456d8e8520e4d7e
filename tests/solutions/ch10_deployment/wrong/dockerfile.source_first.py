# expect: each commit installs anew
dockerfile = """
FROM python:3.13-slim AS build
COPY station requirements.lock ./
RUN python -m venv /opt/venv \\
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH
COPY --from=build /opt/venv /opt/venv
COPY station /srv/station
WORKDIR /srv
USER 10001
HEALTHCHECK CMD ["python", "-m", "station.healthcheck", "8000"]
CMD ["uvicorn", "station.main:app", "--host=0.0.0.0", "--port=8000"]
"""

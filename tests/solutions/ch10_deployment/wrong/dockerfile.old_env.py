# expect: whoever pulls it can read it
dockerfile = r"""
FROM python:3.13-slim AS build
COPY requirements.lock .
RUN python -m venv /v \
 && /v/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
FROM python:3.13-slim
COPY --from=build /v /v
COPY station /srv/station
ENV STATION_ADMIN_KEY otter-and-heron-10
USER 10001
HEALTHCHECK CMD ["/v/bin/python","-m","station.healthcheck","8000"]
CMD ["/v/bin/uvicorn", "station.main:app"]
"""

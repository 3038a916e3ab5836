# The app's image: web, worker and beat are the same image with other commands (docker-compose.yml).
FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements/app.txt requirements/app.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/app.txt
COPY . .
# The gazetteer and the static files are made here, so that the running container writes nothing.
RUN /venv/bin/python -m timeline.extraction.gazetteer.build \
    && CONFLICT_TIMELINE_DATA=/tmp/build STATIC_ROOT=/app/staticfiles \
       /venv/bin/python manage.py collectstatic --noinput

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/app/staticfiles
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin app
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER app
EXPOSE 8000
# Threads: a sync worker is killed in the middle of an export that takes longer than its timeout.
CMD ["gunicorn", "timeline.config.wsgi", "--config=python:timeline.config.webserver", "--bind=0.0.0.0:8000", \
     "--workers=3", "--worker-class=gthread", "--threads=4", "--max-requests=5000", "--max-requests-jitter=500", \
     "--access-logfile=-", "--worker-tmp-dir=/dev/shm"]

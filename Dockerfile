# The image of web, live, worker, beat and migrate in docker-compose.yml. `docker build -t linkstar .`

FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY static ./static
RUN npm run build

FROM python:3.11-slim AS packages
COPY requirements.lock .
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=8000
# Pango draws the text of PDF files, and their Chinese is that of these fonts.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home --home-dir /home/linkstar linkstar
WORKDIR /srv/linkstar
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=assets /build/static/dist ./static/dist
# The settings are production's and want to be whole; none of these values is kept or used.
RUN python -P linkstar/dev/catalogues.py \
 && SECRET_KEY=build FIELD_ENCRYPTION_KEYS=build DATABASE_URL=postgres://build/build REDIS_URL=redis://build EMAIL_URL=smtp://build:25 \
    python manage.py collectstatic --no-input \
 && mkdir -p var/files && chown -R linkstar var
USER linkstar
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["gunicorn", "-c", "python:linkstar.gunicorn"]

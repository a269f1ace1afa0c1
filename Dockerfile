# Two images: `edge`, which has no code that could use a private key, and `node`, which has everything.
# Packages come from hash-pinned locks, by the installer that is pinned the same way; nothing else is downloaded.
ARG PYTHON=python:3.13-slim-trixie

FROM ${PYTHON} AS base
ENV LANG=C.UTF-8 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/opt/comity/.venv/bin:/usr/local/bin:/usr/bin:/bin
# Volumes take owner and mode of these folders when they are made.
RUN groupadd --gid 10001 comity \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin comity \
    && mkdir -p /srv/comity/keys \
    && cd /srv/comity && mkdir -p sealed evidence tmp recovery \
       keys/identity keys/notary keys/worker keys/desk keys/shared \
    && chown -R comity:comity /srv/comity && chmod -R go= /srv/comity
WORKDIR /opt/comity

FROM base AS installer
COPY requirements/bootstrap.txt requirements/
RUN python -m venv /opt/installer \
    && /opt/installer/bin/python -m pip install --no-cache-dir --require-hashes -r requirements/bootstrap.txt
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1

FROM installer AS edge-packages
COPY requirements/edge.txt requirements/
RUN python -m venv --without-pip .venv \
    && /opt/installer/bin/uv pip install --python .venv/bin/python --require-hashes -r requirements/edge.txt

FROM installer AS node-packages
COPY requirements/base.txt requirements/
RUN python -m venv --without-pip .venv \
    && /opt/installer/bin/uv pip install --python .venv/bin/python --require-hashes -r requirements/base.txt
COPY pyproject.toml ./
COPY crypto crypto
COPY backend backend
COPY referral referral
RUN /opt/installer/bin/uv pip install --python .venv/bin/python --no-deps --no-build-isolation --editable .

# Of crypto the public half alone; of backend what the edge's settings load. A test boots the edge from exactly this.
FROM base AS edge
COPY --from=edge-packages /opt/comity/.venv .venv
COPY crypto/*.py crypto/
COPY backend/__init__.py backend/
COPY backend/settings/__init__.py backend/settings/applications.py backend/settings/base.py backend/settings/database.py \
     backend/settings/edge.py backend/settings/environment.py backend/settings/logs.py backend/settings/
COPY backend/audit backend/audit
COPY backend/directory backend/directory
COPY backend/units backend/units
COPY backend/intake backend/intake
COPY backend/edge backend/edge
RUN python -m compileall -q backend crypto
USER 10001:10001

FROM base AS node
COPY --from=node-packages /opt/comity/.venv .venv
COPY pyproject.toml ./
COPY crypto crypto
COPY backend backend
COPY referral referral
COPY frontend frontend
COPY scripts/translations.py scripts/
RUN python -m compileall -q backend crypto referral && python scripts/translations.py
USER 10001:10001

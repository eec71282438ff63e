# The backing service. One image, three commands: p13n serve, p13n worker, p13n migrate.
FROM node:24.11.1-bookworm-slim AS page
WORKDIR /page
COPY service/api/journey_page/package.json service/api/journey_page/package-lock.json service/api/journey_page/.npmrc ./
RUN npm ci --no-progress

FROM python:3.13.9-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/p13n
ENV PATH=/opt/p13n/bin:$PATH
WORKDIR /src
COPY requirements/service.txt requirements/demo.txt requirements/
# The build backend has its pin in another lock.
RUN pip install --require-hashes -r requirements/service.txt \
    && awk '/^setuptools==/ { taken = 1; print; next } /^[^ ]/ { taken = 0 } taken' requirements/demo.txt > build.txt \
    && pip install --require-hashes -r build.txt
COPY pyproject.toml README.md ./
COPY requirements/service.in requirements/
COPY service service
COPY --from=page /page/node_modules service/api/journey_page/node_modules
RUN pip install --no-deps --no-build-isolation . && pip uninstall --yes setuptools

FROM python:3.13.9-slim-bookworm
# pg_dump and pg_restore for `p13n backup` and `p13n restore`; as new as the server or newer.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin p13n \
    && install --directory --owner p13n --mode 0700 /var/lib/p13n
COPY --from=build /opt/p13n /opt/p13n
ENV PATH=/opt/p13n/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    P13N_DATA_DIR=/var/lib/p13n \
    P13N_TENANTS=/etc/p13n/tenants.toml
USER 10001
VOLUME /var/lib/p13n
EXPOSE 9000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:9000/health/ready', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["p13n", "serve", "--host", "0.0.0.0", "--port", "9000", "--processes", "2"]

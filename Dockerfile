# The playground alone: what it runs on, by hash, and the package. Built with: docker compose build
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements-build.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements-build.txt
COPY requirements.txt ./
RUN python -m venv --without-pip /opt/socketlab \
 && pip --python /opt/socketlab/bin/python install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY backend/ backend/
COPY frontend/ frontend/
COPY labs/ labs/
RUN python -m hatchling build -t wheel -d /tmp/wheel \
 && pip --python /opt/socketlab/bin/python install --no-cache-dir --no-deps --no-index /tmp/wheel/*.whl

FROM python:3.13-slim
# The image is read-only where it runs, so bytecode is compiled above, at installation.
ENV PATH=/opt/socketlab/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONUTF8=1
RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin socketlab \
 && install --directory --owner=10001 --mode=0700 /data
COPY --from=build /opt/socketlab /opt/socketlab
USER 10001
WORKDIR /tmp
EXPOSE 8000/tcp 12345-12349/udp 50007-50009/tcp 12351-12354/tcp 8080/tcp 12361-12362/tcp
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["socketlab", "serve", "--host", "0.0.0.0", "--port", "8000"]

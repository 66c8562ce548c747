# Pledgebook in a container: the book is on the volume /data, the server on port 8000 runs as an unprivileged user.
#
#   docker build -t pledgebook .
#   docker run --rm -v pledgebook:/data pledgebook load seeds
#   docker run --rm -v pledgebook:/data pledgebook key create desk
#   docker run -p 8000:8000 -v pledgebook:/data pledgebook

FROM python:3.13-slim AS build
COPY requirements.lock /build/requirements.lock
RUN python -m venv /opt/pledgebook \
 && /opt/pledgebook/bin/python -m pip install --no-cache-dir --require-hashes -r /build/requirements.lock

FROM python:3.13-slim
COPY --from=build /opt/pledgebook /opt/pledgebook
WORKDIR /srv/pledgebook
COPY pyproject.toml ./
COPY app app
COPY migrations migrations
COPY seeds seeds
RUN /opt/pledgebook/bin/python -m compileall -q app migrations \
 && useradd --system --uid 10001 --no-create-home pledgebook \
 && install --directory --owner=pledgebook /data

ENV PATH=/opt/pledgebook/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PLEDGEBOOK_DATABASE_URL=sqlite:////data/pledgebook.db \
    PLEDGEBOOK_HOST=0.0.0.0 \
    PLEDGEBOOK_PORT=8000
USER pledgebook
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --start-interval=1s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PLEDGEBOOK_PORT'] + '/readyz', timeout=4)"]
ENTRYPOINT ["python", "-m", "app"]
CMD ["serve"]

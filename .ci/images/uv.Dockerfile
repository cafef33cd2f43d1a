FROM python:3.13-slim-bookworm
RUN apt-get update && apt-get install --yes --no-install-recommends python3-pip
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
RUN pip install --break-system-packages --root-user-action=ignore --no-cache-dir 'uv==0.9.*'

FROM debian:trixie-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends python3 python3-pip \
  && rm -rf /var/lib/apt/lists/* /usr/lib/python3*/EXTERNALLY-MANAGED \
  && for program in python python3; do ln -s /usr/bin/python3 "/usr/local/bin/$program"; done
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
# What pip and uv trust.
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
CMD ["python3"]

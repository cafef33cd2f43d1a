FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends prometheus busybox-static \
  && rm -rf /var/lib/apt/lists/* \
  && ln -s busybox /bin/wget \
  && install --directory --owner=nobody --group=nogroup /prometheus
USER nobody
EXPOSE 9090
ENTRYPOINT ["prometheus"]

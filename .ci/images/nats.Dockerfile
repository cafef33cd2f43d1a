FROM debian:bookworm-slim AS tools
RUN apt-get update && apt-get install --yes --no-install-recommends busybox-static

FROM scratch
COPY --from=tools /bin/busybox /bin/wget
COPY nats-server /usr/local/bin/nats-server
ENV PATH=/usr/local/bin:/bin
EXPOSE 4222
CMD ["nats-server"]

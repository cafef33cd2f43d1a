FROM debian:bookworm-slim AS tools
RUN apt-get update && apt-get install --yes --no-install-recommends busybox-static

FROM scratch
COPY --from=tools /bin/busybox /bin/wget
COPY jaeger /usr/local/bin/jaeger
ENV PATH=/usr/local/bin:/bin
USER 10001
EXPOSE 4317 4318 16686
ENTRYPOINT ["jaeger"]

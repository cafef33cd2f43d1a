# The image of one Node app: docker build --build-arg APP=payments --tag troupe/payments .
ARG NODE_IMAGE=node:24-bookworm-slim

# What says which packages are needed. Other stages take it by its content: a change of code installs nothing again.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /troupe
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete

# Every package, for building.
FROM ${NODE_IMAGE} AS packages
WORKDIR /troupe
COPY --from=manifests /troupe .
RUN npm ci --ignore-scripts

# Every app, built once for all images.
FROM packages AS built
COPY . .
RUN node node_modules/@typescript/native/bin/tsc -b apps/*/tsconfig.json

# The packages that one app runs with, without what only a compiler or a debugger reads of them. Nobody's tools for development are
# wanted, those of the libraries neither, which npm would install with a workspace.
FROM ${NODE_IMAGE} AS production
WORKDIR /troupe
COPY --from=manifests /troupe .
COPY --from=packages /root/.npm /root/.npm
RUN npm pkg delete devDependencies --workspaces --include-workspace-root
ARG APP
RUN npm ci --prefer-offline --ignore-scripts --omit=dev --workspace "@shop/${APP:?say which app: --build-arg APP=payments}" \
  && find node_modules -type f '(' -name '*.d.ts' -o -name '*.d.[cm]ts' -o -name '*.map' ')' -delete

FROM production AS assembled
COPY --from=built /troupe/libs /built/libs
COPY --from=built /troupe/apps /built/apps
COPY choreography.lock deploy/image/assemble.sh /built/
RUN sh /built/assemble.sh "$APP"

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    NODE_OPTIONS=--enable-source-maps \
    HOST=0.0.0.0 \
    PORT=3000 \
    TROUPE_DATA=/data
RUN mkdir /data && chown node:node /data
COPY --from=production /troupe/node_modules /app/node_modules
COPY --from=assembled /app /app
ARG APP
WORKDIR /app/apps/${APP}
USER node
EXPOSE 3000
# Bash asks: starting Node for each look would take more of the processor than the app does at rest.
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$PORT && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
# Node is the first process: SIGTERM reaches the app, which finishes what it does.
CMD ["node", "dist/main.js"]

# The image of one Node app: docker build --build-arg APP=payments --tag troupe/payments .
# With --target operator, that of the command `troupe` and all that it reads: docker build --target operator --tag troupe/operator .
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

# Every app, and the command that looks after them, built once for all images.
FROM packages AS built
COPY . .
RUN node node_modules/@typescript/native/bin/tsc -b apps/*/tsconfig.json tools/cli && node apps/console-web/build.mjs

# Nobody's tools for development are wanted, those of the libraries neither, which npm would install with a workspace.
FROM ${NODE_IMAGE} AS wanted
WORKDIR /troupe
COPY --from=manifests /troupe .
COPY --from=packages /root/.npm /root/.npm
RUN npm pkg delete devDependencies --workspaces --include-workspace-root
COPY deploy/image/install.sh .

# The packages that one app runs with.
FROM wanted AS production
ARG APP
RUN sh install.sh "@shop/${APP:?say which app: --build-arg APP=payments}"

FROM production AS assembled
ARG APP
COPY --from=built /troupe/libs /built/libs
COPY --from=built /troupe/apps /built/apps
COPY choreography.lock deploy/image/assemble.sh /built/
RUN sh /built/assemble.sh "$APP"

# The packages of all apps, and of the command that reads them.
FROM wanted AS production-of-all
RUN sh install.sh apps tools/cli

FROM production-of-all AS assembled-of-all
COPY --from=built /troupe/libs /built/libs
COPY --from=built /troupe/apps /built/apps
COPY --from=built /troupe/tools /built/tools
COPY deploy/image/assemble.sh /built/
RUN sh /built/assemble.sh && cp package.json /app/

FROM ${NODE_IMAGE} AS operator
ENV NODE_ENV=production \
    NODE_OPTIONS=--enable-source-maps
RUN ln -s /app/tools/cli/bin/troupe.mjs /usr/local/bin/troupe
COPY --from=production-of-all /troupe/node_modules /app/node_modules
COPY --from=assembled-of-all /app /app
WORKDIR /app
USER node
CMD ["troupe", "--help"]

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

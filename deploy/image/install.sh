# Installs what these packages of the workspace run with, without what only a compiler or a debugger reads. It is run by the Dockerfile.
set -eu
for package; do
  set -- "$@" --workspace "$package"
  shift
done
npm ci --prefer-offline --ignore-scripts --omit=dev "$@"
find node_modules -type f '(' -name '*.d.ts' -o -name '*.d.[cm]ts' -o -name '*.map' ')' -delete

# Puts into /app the packages of the workspace that the app is installed with, as they were built. It is run by the Dockerfile.
set -eu
app=$1

for link in node_modules/@shop/* node_modules/@troupe/*; do
  package=$(realpath --relative-to=. "$link")
  mkdir -p "/app/$package"
  tar -C "/built/$package" --exclude='*.d.ts' --exclude='*.d.ts.map' --exclude=.tsbuildinfo -c package.json dist |
    tar -C "/app/$package" -x
  if [ -d "$package/node_modules" ]; then cp -a "$package/node_modules" "/app/$package/"; fi
done

# The expected set of steps, which the console holds the broker against.
if [ "$app" = console ]; then cp /built/choreography.lock /app/apps/console/; fi

# Puts into /app the packages of the workspace that are installed, as they were built; for the app that is named, or for none. It is run by the
# Dockerfile.
set -eu
app=${1:-}

for link in node_modules/@shop/* node_modules/@troupe/*; do
  package=$(realpath --relative-to=. "$link")
  mkdir -p "/app/$package"
  # A package in another language has nothing built, and says in troupe.json what it does.
  parts=
  for part in package.json troupe.json bin dist; do
    if [ -e "/built/$package/$part" ]; then parts="$parts $part"; fi
  done
  tar -C "/built/$package" --exclude='*.d.ts' --exclude='*.d.ts.map' --exclude=.tsbuildinfo -c $parts |
    tar -C "/app/$package" -x
  if [ -d "$package/node_modules" ]; then cp -a "$package/node_modules" "/app/$package/"; fi
done

# The expected set of steps, which the console holds the broker against.
if [ "$app" = console ]; then cp /built/choreography.lock /app/apps/console/; fi

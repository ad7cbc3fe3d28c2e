#!/usr/bin/env bash
# Makes the recordings in this folder anew from their package: `./renew.sh [version]`. Without a version it takes the
# one that is kept, so that the file must come out as it is.
set -euo pipefail
cd "$(dirname "$0")"

package=@octokit/fixtures
version=${1:-$(sed -n 's/^version: //p' VERSION)}
for tool in npm node tar gzip sha256sum; do
  command -v "$tool" >/dev/null || { echo "\`$tool\` is needed to make the recordings anew" >&2; exit 1; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "bringing $package $version" >&2
archive=$(npm pack --silent --ignore-scripts --pack-destination "$work" "$package@$version" | tail -n 1)
tar -xzf "$work/$archive" -C "$work"

node reduce.mjs "$work/package/scenarios/api.github.com" "$work/exchanges.json"
gzip --no-name --best --stdout "$work/exchanges.json" > exchanges.json.gz
{
  echo "package: $package"
  echo "version: $version"
  echo "sha256 of exchanges.json, uncompressed: $(sha256sum < "$work/exchanges.json" | cut -d ' ' -f 1)"
} > "$work/VERSION"
cp "$work/VERSION" VERSION
cp "$work/package/LICENSE.md" LICENSE
echo "wrote exchanges.json.gz" >&2

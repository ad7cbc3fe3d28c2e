#!/usr/bin/env bash
# Makes the descriptions in this folder anew from their package: `./renew.sh [version]`. Without a version it takes
# the one that is kept, so that the files must come out as they are. What is left out is said in `README.md`.
set -euo pipefail
cd "$(dirname "$0")"

package=@octokit/openapi
version=${1:-$(sed -n 's/^version: //p' VERSION)}
for tool in npm node tar gzip sha256sum; do
  command -v "$tool" >/dev/null || { echo "\`$tool\` is needed to make the descriptions anew" >&2; exit 1; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "bringing $package $version" >&2
archive=$(npm pack --silent --ignore-scripts --pack-destination "$work" "$package@$version" | tail -n 1)
names=(api.github.com ghes-3.19)
files=("${names[@]/#/package/generated/}")
tar -xzf "$work/$archive" -C "$work" package/LICENSE "${files[@]/%/.json}"

{
  echo "package: $package"
  echo "version: $version"
  for name in "${names[@]}"; do
    node reduce.mjs "$work/package/generated/$name.json" "$work/$name.json"
    gzip --no-name --best --stdout "$work/$name.json" > "$name.json.gz"
    echo "sha256 of $name.json in the package: $(sha256sum < "$work/package/generated/$name.json" | cut -d ' ' -f 1)"
    echo "sha256 of $name.json as kept, uncompressed: $(sha256sum < "$work/$name.json" | cut -d ' ' -f 1)"
  done
} > "$work/VERSION"
cp "$work/VERSION" VERSION
cp "$work/package/LICENSE" LICENSE
echo "wrote $(printf '%s.json.gz ' "${names[@]}")" >&2

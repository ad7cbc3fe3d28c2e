#!/usr/bin/env bash
# Raises the actions that workflows use to their newest releases: in pins.yaml, in every template
# and in docs/templates.md. Look at the difference, and at what the releases say, before it is
# committed; then `stagecraft test templates --update`.
#
# Needs bash, git and sed. Asks `git ls-remote`, so it needs no token and fetches nothing.
set -euo pipefail

if [[ $# -gt 1 || ${1:-} == -* ]]; then
    echo "usage: $0 [<base>]" >&2
    echo "  <base>: where \`<owner>/<name>\` lies [default: https://github.com]" >&2
    exit 2
fi
base=${1:-https://github.com}
shared=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$shared/../.." && pwd)
pins=$shared/pins.yaml

# newest <owner/name>: the newest release and the commit that its tag stands for. Of an annotated
# tag that is the line with `^{}`.
newest() {
    git ls-remote --tags "$base/$1" |
        sed -nE 's#^([0-9a-f]{40})\trefs/tags/(v[0-9]+\.[0-9]+\.[0-9]+)(\^\{\})?$#\2 \1 \3#p' |
        sort -k1,1V -k3,3 | tail -n 1
}

# Everything in which an action may stand; snapshots are made anew from it.
users() {
    grep -rlE 'uses: ' "$root/templates" "$root/docs/templates.md" --include='*.yml' --include='*.yaml' --include='*.hbs' \
        --include='*.md' --exclude-dir=node_modules --exclude-dir=snapshots --exclude-dir='.venv*'
}

raised=0
while read -r name version commit; do
    read -r new_version new_commit _ < <(newest "$name") || {
        echo "error: \`$base/$name\` has no release of the form v1.2.3" >&2
        exit 1
    }
    [[ $new_commit != "$commit" ]] || continue
    echo "$name: $version -> $new_version ($new_commit)"
    sed -i "s#^  $name: .*#  $name: { version: $new_version, commit: $new_commit }#" "$pins"
    while IFS= read -r file; do
        sed -i -E "s#(uses: $name(/[^@ ]+)?)@$commit \# $version\$#\1@$new_commit \# $new_version#" "$file"
    done < <(users)
    raised=$((raised + 1))
done < <(sed -nE 's#^  ([^:]+): \{ version: ([^,]+), commit: ([0-9a-f]{40}) \}$#\1 \2 \3#p' "$pins")
echo "$raised raised"

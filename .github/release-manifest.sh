#!/usr/bin/env bash
# Prints Cargo.toml with the address of this release's archives, for `cargo binstall --manifest-path`. Only the workflow
# knows under which address the release is published, so the source names none.
set -euo pipefail

cd "$(dirname "$0")/.."
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
if [ "v$version" != "$GITHUB_REF_NAME" ]; then
    echo "the tag is $GITHUB_REF_NAME, Cargo.toml says $version" >&2
    exit 1
fi
archive='inspector-audit-v{ version }-{ target }.tar.gz'
address="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/releases/download/$GITHUB_REF_NAME/$archive"
awk -v address="$address" '
    { print }
    $0 == "[package.metadata.binstall]" { print "pkg-url = \"" address "\""; done = 1 }
    END { exit !done }
' Cargo.toml

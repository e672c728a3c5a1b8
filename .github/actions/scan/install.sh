#!/usr/bin/env bash
# Puts inspector-audit in place and says where: a given binary, a build of this source, or a release whose checksum and
# provenance are right.
set -euo pipefail

done_with() { echo "binary=$1" >>"$GITHUB_OUTPUT"; }

if [ -n "${INPUT_BINARY:-}" ]; then
    [ -x "$INPUT_BINARY" ] || { echo "::error::$INPUT_BINARY is no program"; exit 2; }
    done_with "$INPUT_BINARY"
    exit
fi

folder=$RUNNER_TEMP/inspector-audit
mkdir -p "$folder"

if [ "$INPUT_VERSION" = build ]; then
    source=$(cd "$GITHUB_ACTION_PATH/../../.." && pwd)
    cargo install --quiet --locked --path "$source" --root "$folder"
    done_with "$folder/bin/inspector-audit"
    exit
fi

case "$RUNNER_OS-$RUNNER_ARCH" in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc ;;
    *) echo "::error::no release for $RUNNER_OS on $RUNNER_ARCH: use version: build"; exit 2 ;;
esac

tag=$INPUT_VERSION
if [ "$tag" = latest ]; then
    tag=$(gh release view --repo "$INPUT_REPOSITORY" --json tagName --jq .tagName)
fi
name=inspector-audit-$tag-$target
cd "$folder"
gh release download "$tag" --repo "$INPUT_REPOSITORY" --pattern "$name.tar.gz*" --clobber
if command -v sha256sum >/dev/null; then
    sha256sum --check "$name.tar.gz.sha256"
else
    shasum -a 256 --check "$name.tar.gz.sha256"
fi
gh attestation verify "$name.tar.gz" --repo "$INPUT_REPOSITORY"
tar xzf "$name.tar.gz"
binary=$folder/$name/inspector-audit
[ "$RUNNER_OS" = Windows ] && binary=$binary.exe
done_with "$binary"

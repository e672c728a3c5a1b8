#!/bin/sh
# Installs inspector-audit for this machine: takes the archive of one release, checks it, and puts the program into
# ~/.local/bin, or where INSPECTOR_AUDIT_INTO says. Needs curl or wget, tar, and sha256sum or shasum; asks for no password
# and writes nowhere else. Where gh is there and signed in, the archive's provenance is verified as well.
set -eu

# The release writes where its archives lie, and its tag, into the copy of this file beside them.
from=${INSPECTOR_AUDIT_FROM:-}
version=${INSPECTOR_AUDIT_VERSION:-}
into=${INSPECTOR_AUDIT_INTO:-$HOME/.local/bin}

fail() {
    printf 'error: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf 'help: %s\n' "$2" >&2
    exit 1
}

# All of it is read before any of it runs: half a download does nothing.
main() {
    if [ -z "$from" ] || [ -z "$version" ]; then
        fail 'this copy names no release' \
            'take install.sh from a release, or set INSPECTOR_AUDIT_FROM to the address of its archives and INSPECTOR_AUDIT_VERSION to its tag, such as v0.1.0'
    fi

    case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) target=x86_64-unknown-linux-musl ;;
    Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
    Darwin-x86_64) target=x86_64-apple-darwin ;;
    Darwin-arm64) target=aarch64-apple-darwin ;;
    *)
        fail "there is no archive for $(uname -s) on $(uname -m)" \
            'build it: cargo install --locked --path . in the source'
        ;;
    esac

    fetch() {
        if command -v curl >/dev/null 2>&1; then
            curl --fail --silent --show-error --location --output "$2" "$1"
        elif command -v wget >/dev/null 2>&1; then
            wget -q -O "$2" "$1"
        else
            fail 'neither curl nor wget is here' "download $1 by hand"
        fi
    }

    sum() {
        if command -v sha256sum >/dev/null 2>&1; then
            sha256sum "$1"
        elif command -v shasum >/dev/null 2>&1; then
            shasum -a 256 "$1"
        else
            fail 'neither sha256sum nor shasum is here, so the archive cannot be checked'
        fi
    }

    name=inspector-audit-$version-$target
    folder=$(mktemp -d)
    new=
    trap 'rm -rf "$folder"; [ -z "$new" ] || rm -f "$new"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    archive=$folder/$name.tar.gz
    fetch "$from/$name.tar.gz" "$archive" || fail "$from/$name.tar.gz cannot be downloaded" 'check the address, the tag and the network'
    fetch "$from/$name.tar.gz.sha256" "$archive.sha256" || fail "the checksum of $name.tar.gz cannot be downloaded"

    read -r wanted _ <"$archive.sha256" || true
    has=$(sum "$archive")
    if [ -z "$wanted" ] || [ "${has%% *}" != "$wanted" ]; then
        fail "$name.tar.gz has another checksum than the release says: nothing was installed" 'download it again; if that does not help, report it'
    fi

    repository=${from#https://github.com/}
    repository=${repository%%/releases/*}
    if [ "$repository" = "$from" ] || ! command -v gh >/dev/null 2>&1 || ! gh auth status >/dev/null 2>&1; then
        echo 'note: the checksum is right; the provenance was not verified, for which gh has to be here and signed in'
    elif gh attestation verify "$archive" --repo "$repository" >/dev/null 2>&1; then
        echo 'note: checksum and provenance are right'
    else
        fail "$name.tar.gz was not built by the workflow of $repository: nothing was installed"
    fi

    tar -xzf "$archive" -C "$folder"
    mkdir -p "$into" || fail "$into cannot be made" 'set INSPECTOR_AUDIT_INTO to a directory of yours'
    new=$into/.inspector-audit.$$
    # Copied beside its place and then moved: whoever starts it meanwhile starts the old one or the new one.
    cp "$folder/$name/inspector-audit" "$new" 2>/dev/null ||
        fail "$into cannot be written" 'set INSPECTOR_AUDIT_INTO to a directory of yours'
    chmod 755 "$new"
    mv -f "$new" "$into/inspector-audit"
    new=
    "$into/inspector-audit" --version
    case ":$PATH:" in
    *":$into:"*) ;;
    *) echo "note: $into is not in PATH: add it, or call $into/inspector-audit" ;;
    esac
}

main

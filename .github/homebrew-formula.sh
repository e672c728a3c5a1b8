#!/usr/bin/env bash
# Prints inspector-audit.rb, the Homebrew formula of this release, from the checksums of its archives in the current
# directory. Only the workflow knows under which address the release is published, so the source names none.
set -euo pipefail

address=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY
# One archive: where it lies, and its checksum.
archive() {
    local name="inspector-audit-$GITHUB_REF_NAME-$1.tar.gz" sum
    read -r sum _ <"$name.sha256"
    [[ $sum =~ ^[0-9a-f]{64}$ ]] || { echo "$name.sha256 has no checksum" >&2; exit 1; }
    printf '      url "%s/releases/download/%s/%s"\n      sha256 "%s"\n' "$address" "$GITHUB_REF_NAME" "$name" "$sum"
}

# Made first: a checksum that is missing prints no half of a formula.
mac_arm=$(archive aarch64-apple-darwin)
mac_intel=$(archive x86_64-apple-darwin)
linux_arm=$(archive aarch64-unknown-linux-musl)
linux_intel=$(archive x86_64-unknown-linux-musl)
cat <<RUBY
class InspectorAudit < Formula
  desc "Which EFS file systems Amazon Inspector makes expensive, and where ECR fights it"
  homepage "$address"
  version "${GITHUB_REF_NAME#v}"
  license "Apache-2.0"

  on_macos do
    on_arm do
$mac_arm
    end
    on_intel do
$mac_intel
    end
  end

  on_linux do
    on_arm do
$linux_arm
    end
    on_intel do
$linux_intel
    end
  end

  def install
    bin.install "inspector-audit"
    generate_completions_from_executable(bin/"inspector-audit", "completions")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/inspector-audit --version")
  end
end
RUBY

#!/usr/bin/env bash
# Refreshes a price table from AWS's public price lists, which need no credentials, and prints what has changed.
#
#   .github/refresh-prices.sh [TABLE]
#
# TABLE is the price file to refresh in place, src/price/embedded.json by default. OFFERS names where the lists are (their
# host by default), INSPECTOR_AUDIT the program (built here by default). Nothing is written unless every list was read.
set -euo pipefail
cd "$(dirname "$0")/.."

table=${1:-src/price/embedded.json}
offers=${OFFERS:-https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws}
if [ -z "${INSPECTOR_AUDIT:-}" ]; then
    cargo build --locked --quiet --release --no-default-features
    INSPECTOR_AUDIT=target/release/inspector-audit
fi

lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT
for service in AmazonEFS AmazonInspectorV2; do
    curl --fail --silent --show-error --location --compressed --retry 3 --max-time 300 --max-filesize 67108864 \
        --output "$lists/$service.json" "$offers/$service/current/index.json"
done
"$INSPECTOR_AUDIT" prices --prices "$table" --refresh "$lists/table.json" \
    --offers "$lists/AmazonEFS.json" --offers "$lists/AmazonInspectorV2.json" >"$lists/said"
cp "$lists/table.json" "$table"
# The file of this run is gone in a moment: its name says nothing.
sed "s#$lists/table.json#$table#" "$lists/said"

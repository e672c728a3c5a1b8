#!/usr/bin/env bash
# Runs the scan with every output, writes the job summary, and leaves the exit status to the last step, so that the
# reports are uploaded whatever was found.
set -euo pipefail

# Nothing an input holds is read as shell text: lists are split at blanks, further arguments at line breaks, and no name
# is taken for a pattern of files.
set -f
arguments=(scan)
if [ -n "${INPUT_TERRAFORM:-}" ]; then
    arguments=(terraform)
    for path in $INPUT_TERRAFORM; do arguments+=("$path"); done
    if [ -n "${INPUT_REGION:-}${INPUT_ROLE_ARNS:-}" ]; then
        echo '::error::terraform asks no AWS: leave region and role-arns out, and give what is live as snapshots'
        echo 'status=2' >>"$GITHUB_OUTPUT"
        exit 0
    fi
fi
# Only what is set: an argument stands above inspector-audit.toml.
if [ -n "${INPUT_FAIL_ON:-}" ]; then arguments+=(--fail-on "$INPUT_FAIL_ON"); fi
if [ "${INPUT_REGION:-}" = all ]; then
    arguments+=(--all-regions)
else
    for region in ${INPUT_REGION:-}; do arguments+=(--region "$region"); done
fi
for role in ${INPUT_ROLE_ARNS:-}; do arguments+=(--role-arn "$role"); done
for snapshot in ${INPUT_SNAPSHOTS:-}; do arguments+=(--snapshot "$snapshot"); done
if [ "${INPUT_ALLOW_GAPS:-}" = true ]; then arguments+=(--allow-gaps); fi
while IFS= read -r line; do
    if [ -n "$line" ]; then arguments+=("$line"); fi
done <<<"${INPUT_ARGUMENTS:-}"

folder=${INPUT_OUTPUT:-inspector-audit}
mkdir -p "$folder"
report=$folder/inspector-audit
for extension in sarif md json html; do
    rm -f "$report.$extension"
    arguments+=(--output "$report.$extension")
done

status=0
"$INPUT_BINARY" "${arguments[@]}" || status=$?
echo "status=$status" >>"$GITHUB_OUTPUT"
# Without a report there is nothing to upload, and the status says why.
[ -f "$report.sarif" ] || exit 0

# Code scanning refuses a run of more than 25,000 results (GitHub Docs, "SARIF results exceed one or more limits",
# 2026-10). It gets the first ones then, suppressed ones last: the report is ranked. The kept file has them all.
limit=25000
upload=$report.sarif
if command -v jq >/dev/null; then
    results=$(jq '.runs[0].results | length' "$report.sarif")
    if [ "$results" -gt "$limit" ]; then
        upload=$RUNNER_TEMP/inspector-audit-code-scanning.sarif
        jq --compact-output --argjson limit "$limit" \
            '.runs[0].results |= (sort_by((.suppressions // []) != [])[:$limit])' "$report.sarif" >"$upload"
        echo "::warning::code scanning takes $limit results of $results: the other reports have them all"
    fi
fi
{
    echo "upload=$upload"
    echo "sarif=$report.sarif"
    echo "markdown=$report.md"
    echo "json=$report.json"
    echo "html=$report.html"
} >>"$GITHUB_OUTPUT"
cat "$report.md" >>"$GITHUB_STEP_SUMMARY"

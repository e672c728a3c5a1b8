#!/usr/bin/env bash
# One comment on the pull request of this run, made the first time and changed afterwards. What is foreign in it comes from
# files, never through a command line. A comment that cannot be written is a warning: the status of the scan is the last word.
set -euo pipefail

if ! command -v jq >/dev/null; then
    echo '::warning::no comment: jq is not here'
    exit 0
fi
number=$(jq -r '.pull_request.number // empty' "$GITHUB_EVENT_PATH")
if ! [[ $number =~ ^[0-9]+$ ]]; then
    echo 'no comment: this run is of no pull request'
    exit 0
fi
# The token of a fork's run may not write; who wants to comment there has to decide that in the base repository.
if [ "$(jq -r '.pull_request.head.repo.full_name == .pull_request.base.repo.full_name' "$GITHUB_EVENT_PATH")" != true ]; then
    echo 'no comment: the pull request comes from a fork, whose runs may not write one'
    exit 0
fi

# Which comment is ours, by who wrote it with the token of the run and how it begins: two uses in one pull request have
# folders of their own.
marker="<!-- inspector-audit ${INPUT_OUTPUT//[^A-Za-z0-9._\/-]/-} -->"
cannot() {
    echo "::warning::the comment on the pull request could not be $1: the job needs pull-requests: write"
    exit 0
}
comments=repos/$GITHUB_REPOSITORY/issues/$number/comments
found=$(gh api --paginate "$comments" \
    --jq ".[] | select(.user.login == \"github-actions[bot]\" and (.body | startswith(\"$marker\"))) | .id") || cannot read
id=${found%%$'\n'*}

# What is told: findings that are not suppressed, and what could not be seen though a rule depends on it.
told=$(jq '[.findings[] | select(.suppressed == null)] + [.gaps[] | select(.rules != [])] | length' "$INPUT_JSON")
if [ "$told" = 0 ] && [ -z "$id" ]; then
    echo 'no comment: there is nothing to tell'
    exit 0
fi
body=$RUNNER_TEMP/inspector-audit-comment.md
{
    echo "$marker"
    cat "$INPUT_MARKDOWN"
} >"$body"
if [ -n "$id" ]; then
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$body" --silent || cannot changed
    echo "comment $id was changed"
else
    gh api --method POST "$comments" --field "body=@$body" --silent || cannot written
    echo 'a comment was written'
fi

#!/bin/sh
# A sweep in eight shards on one machine, or on many with --sshlogin. Run it again and it goes on where it stopped.
#
#   ROLE=inspector-audit sh gnu-parallel.sh
set -eu
shards=${SHARDS:-8}
inspector-audit targets --organization --role-name "$ROLE" --all-regions --output targets.jsonl || [ $? -eq 3 ]
# Status 3 is "written, with gaps": nothing that an engine should try again at once. 2 and signals are tried again.
worker='inspector-audit collect --targets targets.jsonl --into sweep --shard "$1/$2" --concurrency 64; s=$?; [ $s -eq 3 ] || exit $s'
parallel --jobs "${JOBS:-4}" --retries 3 --joblog jobs.log sh -c "$worker" worker {} "$shards" ::: $(seq "$shards")
inspector-audit scan --snapshot sweep --expect targets.jsonl --group-by ou --output report.json --output report.html

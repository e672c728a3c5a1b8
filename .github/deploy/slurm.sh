#!/bin/sh
# A sweep as a Slurm array of eight. First, on the login node:
#   inspector-audit targets --organization --role-name inspector-audit --all-regions --output targets.jsonl
#   sbatch slurm.sh
# and when it is done:
#   inspector-audit scan --snapshot sweep --expect targets.jsonl --output report.json
#SBATCH --job-name=inspector-audit
#SBATCH --array=0-7
#SBATCH --cpus-per-task=1
#SBATCH --mem=512M
#SBATCH --time=02:00:00
#SBATCH --requeue
set -u
# The shard is that of SLURM_ARRAY_TASK_ID. The directory is one that all nodes share.
inspector-audit collect --targets targets.jsonl --into sweep --shard auto --concurrency 64
status=$?
# 3 is "written, with gaps": done. Anything else is tried again, at most three times.
[ "$status" -eq 3 ] && exit 0
if [ "$status" -ne 0 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 3 ]; then
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
fi
exit "$status"

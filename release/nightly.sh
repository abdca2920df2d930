#!/usr/bin/env bash
# The nightly job, for any CI: the judge put to the proof, every mutant, the whole nightly profile, and the A/A runs.
# Each part runs whatever became of the one before; the exit code is that of the first that did not pass.
#
# release/nightly.sh [--config FILE]
#   --config FILE  judge by this composition root, seen from the project's folder (default: regression.config.ts)
#   HISTORY        in the environment: the file of the history
set -uo pipefail
cd "$(dirname "$0")/.." || exit 255
source release/publish.sh
source release/arguments.sh
read_arguments "$@"
history=${HISTORY:-reports/history-nightly.ndjson}

npm ci || exit
first=0
part() {
  "$@"
  local code=$?
  ((first == 0)) && first=$code
  return "$code"
}

# What they find goes into the reports of the next run, which is why they come first.
part npm run prove -- --judge
part npm run prove -- --mutants ${config[@]+"${config[@]}"}
part npm run regression -- --profile nightly --history "$history" ${config[@]+"${config[@]}"}
# Other codes than these say that there is no new run.
(($? <= 2)) && publish
part npm run prove -- --aa ${config[@]+"${config[@]}"}
part npm run prove -- --stryker
exit "$first"

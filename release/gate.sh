#!/usr/bin/env bash
# The release gate, for any CI: exit 0 only when the candidate passes, whole and at profile standard.
# Keep `reports/` as an artifact, whatever the exit code, and HISTORY (default reports/history.ndjson) from run to run.
#
# release/gate.sh [--config FILE]
#   --config FILE  judge by this composition root, seen from the project's folder (default: regression.config.ts)
#   HISTORY        in the environment: the file of the history
set -uo pipefail
cd "$(dirname "$0")/.." || exit 255
source release/publish.sh
source release/arguments.sh
read_arguments "$@"
history=${HISTORY:-reports/history.ndjson}

npm ci || exit
npm run check || exit
npm run regression -- --history "$history" ${config[@]+"${config[@]}"}
code=$?
# Other codes than these say that there is no new run: the latest one is an older one then.
if ((code <= 2)); then
  publish
  # Judged again by the promises kept in it: refused when it was narrowed, or made on other code.
  if ((${#config[@]} == 0)); then npm run gate; else
    # The run's commit is that of the repository which holds the composition root.
    npm run gate -- latest --commit "$(git -C "$(dirname "${config[1]}")" rev-parse HEAD)"
  fi
  gated=$?
  ((code == 0)) && code=$gated
fi
exit "$code"

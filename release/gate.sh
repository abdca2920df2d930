#!/usr/bin/env bash
# The release gate, for any CI: exit 0 only when the candidate passes, whole and at profile standard.
# Keep `reports/` as an artifact, whatever the exit code, and HISTORY (default reports/history.ndjson) from run to run.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 255
source release/publish.sh
history=${HISTORY:-reports/history.ndjson}

npm ci || exit
npm run check || exit
npm run regression -- --history "$history"
code=$?
# Other codes than these say that there is no new run: the latest one is an older one then.
if ((code <= 2)); then
  publish
  # Judged again by the promises kept in it: refused when it was narrowed, or made on other code.
  npm run gate
  gated=$?
  ((code == 0)) && code=$gated
fi
exit "$code"

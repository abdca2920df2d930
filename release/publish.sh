# Sourced by gate.sh and nightly.sh: shows the reports of the latest run where the CI at hand shows such things.

publish() {
  local run=reports/latest
  [[ -e $run/run.json ]] || return 0
  if [[ -n ${GITHUB_STEP_SUMMARY:-} ]]; then cat "$run/summary.md" >>"$GITHUB_STEP_SUMMARY"; fi
  # Workflow commands: GitHub shows each beside the job, for others they are lines of the log.
  if [[ -n ${GITHUB_ACTIONS:-} ]]; then cat "$run/annotations.txt"; fi
}

/** The names of what a run folder holds; see ARCHITECTURE.md for when each is written. */
export const FILES = {
  scope: 'scope.json',
  promises: 'promises.json',
  proof: 'proof.json',
  certificate: 'certificate.json',
  history: 'history.json',
  observations: 'observations.ndjson',
  logs: 'logs',
  seal: 'seal.json',
  run: 'run.json',
  html: 'report.html',
  junit: 'junit.xml',
  ctrf: 'ctrf.json',
  summary: 'summary.md',
  annotations: 'annotations.txt',
  badge: 'badge.json',
} as const;

/** `badge.json`: the verdict as shields.io draws it from an endpoint (https://shields.io/badges/endpoint-badge). */
import type { Run } from '../schema/run.ts';
import { oneLine } from './printable.ts';
import { outcome, waivedGates } from './triage.ts';

/** Never green but for a run that passes; one that was narrowed, or at `smoke`, says so. */
export function renderBadge(run: Run): string {
  const verdict = outcome(run.verdict);
  const limits = [
    ...(run.scope.profile === 'standard' ? [] : [run.scope.profile]),
    ...(waivedGates(run).length > 0 ? [`${waivedGates(run).length} waived`] : []),
    ...(run.scope.narrowedBy.length > 0 ? ['narrowed'] : []),
  ];
  const message = `${oneLine(run.provenance.arms.candidate)} ${verdict.toLowerCase()}${limits.length > 0 ? ` (${limits.join(', ')})` : ''}`;
  const color = { PASS: 'brightgreen', FAIL: 'red', 'NOT KNOWN': 'lightgrey' }[verdict];
  return `${JSON.stringify({ schemaVersion: 1, label: 'release', message, color })}\n`;
}

/** `regression --list`: what a run with these options would do and decide. */
import type { Selection } from './select.ts';

export function list({ checks, promises, deferred }: Selection): string {
  const rows = [
    `${checks.length} checks`,
    ...checks.map(
      ({ id, options: { lane, arms, facts, pairs } }) =>
        `  ${id}  ${lane}, ${arms.join(' + ')}, ${facts.length} facts${pairs === undefined ? '' : `, ${pairs.least} to ${pairs.most} pairs`}`,
    ),
    `${promises.length} promises`,
    ...promises.map(({ id, kind, says }) => `  ${id}  ${kind}: ${says}`),
    ...(deferred.length > 0 ? [`${deferred.length} deferred`] : []),
    ...deferred.map(({ id, decidableFrom }) => `  ${id}  decidable from ${decidableFrom}`),
  ];
  return `${rows.join('\n')}\n`;
}

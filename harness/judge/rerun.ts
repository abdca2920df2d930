/** The command that repeats one check or gate: the run's own command with other filters. */
import type { Scope } from '../schema/scope.ts';

/** What narrows a run; everything else of its command (seed, profile, arms, providers) decides how it runs. */
const FILTER = / --(?:ticket|suite|check) \S+/g;

/** Repeats `checks`; the whole run's command when there are none to single out. */
export function rerunCommand(scope: Scope, checks: readonly string[]): string {
  if (checks.length === 0) return scope.command;
  return scope.command.replaceAll(FILTER, '') + checks.map((check) => ` --check ${check}`).join('');
}

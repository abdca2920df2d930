/** The processor time of a command and of all it waited for, start-up included, told by the shell that ran it (POSIX `times`). */

/** The command, inside a shell that tells its times as its last lines and ends with its exit code. */
export function commandWithTimes(command: string, args: readonly string[]): { command: string; args: string[] } {
  return { command: '/bin/sh', args: ['-c', '"$0" "$@"; code=$?; times >&2; exit "$code"', command, ...args] };
}

/** User and system time in ms, of the children, from the last lines of such a command; NaN when they do not tell. */
export function cpuOf(lines: readonly string[]): number {
  const told = lines.filter((line) => /^\d+m[\d.]+s \d+m[\d.]+s$/.test(line)).at(-1);
  if (told === undefined) return Number.NaN;
  return told
    .split(' ')
    .map((time) => /^(\d+)m([\d.]+)s$/.exec(time))
    .reduce((sum, match) => sum + Number(match?.[1]) * 60_000 + Number(match?.[2]) * 1_000, 0);
}

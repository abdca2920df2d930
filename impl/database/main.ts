/** `npm run migrate -- up | down | status | plan`: the indexes of v1.0.1 from the command line. */
import { constants } from 'node:os';
import { styleText } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { ConfigurationError, readConfiguration, sharedVariables } from '../services/configuration.ts';
import { type MigrationEvent, Migrator, type MigratorOptions } from './migrator.ts';
import { MigratorError } from './migrator-error.ts';
import { ProgressLine } from './progress-line.ts';
import type { IndexStanding } from './standing.ts';

const EXIT = { failed: 1, usage: 254 } as const;
/** Of whoever was interrupted: 128 and the number of the signal, as shells have it. */
let exitOfSignal: number = EXIT.failed;

interface Flags {
  dryRun?: boolean;
  lockTimeout: number;
  attempts: number;
  wait: number;
}

const program = new Command('migrate')
  .description('Builds or drops the indexes of v1.0.1 in the database of TARS_POSTGRES_URL while it is in use')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT.usage));

for (const [direction, says] of [
  ['up', 'build what is missing or broken, then refresh the statistics'],
  ['down', 'drop them again; v1.0.0 has all it needs'],
] as const) {
  withFlags(program.command(direction).description(says))
    .option('--dry-run', 'print the statements and what blocks them now, and change nothing')
    .action((flags: Flags) => (flags.dryRun ? plan(direction) : migrate(direction, flags)));
}
program.command('status').description('how each index stands, its size and its scans').action(status);
program
  .command('plan')
  .description('what `up` would do, and what blocks it now')
  .action(() => plan('up'));

function withFlags(command: Command): Command {
  return command
    .option('--lock-timeout <ms>', 'how long a statement waits for others before it is tried again', whole(1), 5_000)
    .option('--attempts <n>', 'how often a statement is tried', whole(1), 10)
    .option('--wait <ms>', 'how long to wait for another migrator to be done', whole(0), 60_000);
}

function whole(least: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < least) {
      throw new InvalidArgumentError(`expected a whole number from ${least} on`);
    }
    return value;
  };
}

async function withMigrator<T>(options: MigratorOptions, work: (migrator: Migrator) => Promise<T>): Promise<T> {
  const { TARS_POSTGRES_URL: url } = readConfiguration(
    { TARS_POSTGRES_URL: sharedVariables.TARS_POSTGRES_URL },
    process.env,
  );
  const migrator = await Migrator.connect(url, options);
  try {
    return await work(migrator);
  } finally {
    await migrator.close();
  }
}

async function migrate(direction: 'up' | 'down', flags: Flags): Promise<void> {
  const stopping = new AbortController();
  const line = new ProgressLine(process.stderr);
  const stop = (signal: NodeJS.Signals) => {
    line.say('interrupted: taking back what is under way; once more ends at once, and leaves that to the next start');
    exitOfSignal = 128 + constants.signals[signal];
    stopping.abort();
  };
  // `once`: a second one ends the process as usual, and the server then ends the statement.
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const options: MigratorOptions = {
    lockTimeout_ms: flags.lockTimeout,
    attempts: flags.attempts,
    patience_ms: flags.wait,
    signal: stopping.signal,
    tell: (event) => line.say(inWords(event)),
  };
  await withMigrator(options, async (migrator) => {
    const { obstacles } = await migrator.plan(direction);
    for (const { pid, says } of obstacles) line.say(`builds wait for ${pid === null ? '' : `pid ${pid}: `}${says}`);
    line.follow(() => migrator.session.progress());
    try {
      await migrator[direction]();
    } finally {
      line.end();
    }
    print(await migrator.status());
  });
}

async function plan(direction: 'up' | 'down'): Promise<void> {
  const { statements, problems, obstacles } = await withMigrator({}, (migrator) => migrator.plan(direction));
  for (const sql of statements) say(`${sql};`);
  if (statements.length === 0) say('-- nothing to do');
  for (const { pid, says } of obstacles) say(`-- waits for ${pid === null ? '' : `pid ${pid}: `}${says}`);
  for (const { message } of problems) say(`-- cannot begin: ${message}`);
  if (problems.length > 0) process.exitCode = EXIT.failed;
}

async function status(): Promise<void> {
  const standing = await withMigrator({}, (migrator) => migrator.status());
  print(standing);
  if (standing.some(({ state }) => state !== 'valid')) process.exitCode = EXIT.failed;
}

function print(standing: readonly IndexStanding[]): void {
  const width = Math.max(...standing.map(({ index }) => index.name.length));
  for (const { index, state, size_bytes, scans, found } of standing) {
    const figures =
      state === 'missing'
        ? ''
        : `${(size_bytes / 2 ** 20).toFixed(1).padStart(9)} MiB ${String(scans).padStart(9)} scans`;
    say(`${index.name.padEnd(width)}  ${state.padEnd(8)}${figures}`.trimEnd());
    if (state === 'other') say(`  is ${found}`);
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function inWords(event: MigrationEvent): string {
  switch (event.type) {
    case 'statement':
      return event.sql;
    case 'done':
      return `  done in ${(event.took_ms / 1000).toFixed(1)} s`;
    case 'again':
      return `  held up (attempt ${event.attempt}): ${event.why}`;
    case 'standing':
      return `${event.index.name} stands already`;
    case 'left':
      return `  left invalid, and dropped by the next start: ${event.index.name} could not be dropped: ${event.why}`;
  }
}

try {
  await program.parseAsync();
} catch (error) {
  const code = error instanceof MigratorError ? error.code : undefined;
  const failed = code === 'MIGRATOR_INTERRUPTED' ? exitOfSignal : EXIT.failed;
  process.exitCode = error instanceof ConfigurationError ? EXIT.usage : failed;
  const message = error instanceof Error ? error.message || String(error) : String(error);
  process.stderr.write(`${styleText('red', code === undefined ? message : `${code}: ${message}`)}\n`);
}

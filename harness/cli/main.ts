/** Entry point of every command: parses, runs, and turns what happened into an exit code. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/compile'));
const { Command, CommanderError, InvalidArgumentError, Option } = await import('commander');
const { PROFILES } = await import('../schema/promise.ts');
const { EXIT } = await import('../schema/verdict.ts');
const { refuseOptionsNpmTook } = await import('./npm-options.ts');

type Values = Record<string, unknown>;

/** An option that may be given several times; `none` tells what holds when it is not given at all. */
function repeatable(flags: string, description: string, none: string) {
  return new Option(flags, `${description} (repeatable)`)
    .argParser((value: string, all: string[]) => [...all, value])
    .default([], none);
}

function wholeNumber(least: number, most: number) {
  return (value: string) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < least || number > most)
      throw new InvalidArgumentError(`a whole number from ${least} to ${most} was expected`);
    return number;
  };
}

function commitHash(value: string): string {
  if (!/^[0-9a-f]{7,40}$/.test(value)) throw new InvalidArgumentError('7 to 40 hexadecimal digits were expected');
  return value;
}

const program = new Command('npm run')
  .description('Proves a release: runs it beside the one before on real components and judges every promise.')
  .showSuggestionAfterError()
  .configureOutput({ outputError: (text, write) => write(text) })
  .exitOverride()
  .addHelpText(
    'after',
    '\nExit codes: 0 pass · 1 fail · 2 not known · 130/143 interrupted · 254 usage · 255 crash\nOptions follow two dashes: npm run regression -- --profile smoke',
  );

const config = () => new Option('--config <file>', 'composition root').default('regression.config.ts');
const component = () =>
  repeatable('--component <name=provider>', 'get a component from this provider only', 'the first that can serve');
const output = () => new Option('--output <dir>', 'folder of the reports').default('reports');

const PROFILE =
  'how much to decide: standard decides a release, smoke only takes a first look, nightly adds what takes hours';

program
  .command('regression')
  .description('boot both releases, run the suites, judge, report')
  .addOption(repeatable('--ticket <ticket>', 'only this ticket', 'all'))
  .addOption(repeatable('--suite <suite>', 'only this suite', 'all'))
  .addOption(repeatable('--check <check>', 'only this check', 'all'))
  .addOption(new Option('--profile <profile>', PROFILE).choices(PROFILES).default('standard'))
  .option('--seed <number>', 'seed of every random draw (default: drawn, and told)', wholeNumber(0, 4_294_967_295))
  .option(
    '--repeat <n>',
    'replicates of each check; a measured one may take N times as many pairs',
    wholeNumber(1, 1_000),
    1,
  )
  .option('--bail', 'stop at the first gate that fails, as soon as that is certain')
  .option('--list', 'list checks and promises, run nothing')
  .addOption(output())
  .option('--history <file>', 'hold the run against those in the file, and append a line about it')
  .option('--baseline <release>', 'release that plays the baseline arm')
  .option('--candidate <release>', 'release that plays the candidate arm')
  .option(
    '--mutant <mutant>',
    'plant this change in the candidate, and judge it without the other release: a gate must fail',
  )
  .addOption(component())
  .option('--no-provision', 'install and download nothing')
  .option('--json', 'print run.json instead of the table')
  .addOption(config())
  .action(async (values: Values) => exitWith(await (await import('./regression.ts')).regression(values as never)));

program
  .command('gate')
  .description('judge a saved run again by the promises kept in it; for CI')
  .argument('[run]', 'run folder or id', 'latest')
  .addOption(
    new Option('--profile <profile>', 'the profile it must be complete at').choices(PROFILES).default('standard'),
  )
  .option('--commit <sha>', 'refuse a run of any other commit', commitHash)
  .addOption(output())
  .option('--json', 'print run.json instead of the table')
  .action(async (run: string, values: Values) =>
    exitWith(await (await import('./gate.ts')).gate(run, values as never)),
  );

program
  .command('report')
  .description("write a saved run's reports again")
  .argument('[run]', 'run folder or id', 'latest')
  .addOption(output())
  .action(async (run: string, values: Values) =>
    exitWith(await (await import('./report.ts')).report(run, values as never)),
  );

program
  .command('compare')
  .description('hold one saved run against another: new, fixed, worse and better beyond noise')
  .argument('<before>', 'run folder or id, or a run.json')
  .argument(
    '<after>',
    'the same; exit 1 when something is new or worse and not waived, 2 when something cannot be compared',
  )
  .addOption(output())
  .option('--json', 'print the comparison as JSON')
  .action(async (before: string, after: string, values: Values) =>
    exitWith(await (await import('./compare.ts')).compare(before, after, values as never)),
  );

program
  .command('prove')
  .description('put the judgement itself to the proof, with --mutants, --judge, --aa or --stryker')
  .option('--mutants', 'plant each mutant of the suites in the candidate: a gate must fail')
  .option('--judge', "the judge's certificate: false alarms, power, earliness, speed")
  .option('--stryker', "change the judge's own code in every way that Stryker knows: its tests must notice 85 %")
  .option('--quick', 'of the certificate fewer simulations: seconds in place of minutes')
  .option('--aa', 'run the candidate against itself, beside a process that burns a core: no gate may fail')
  .option('--runs <n>', 'how many A/A runs', wholeNumber(1, 1_000), 20)
  .addOption(
    new Option('--profile <profile>', 'of the A/A runs (default: smoke); of the mutants only those it can see').choices(
      PROFILES,
    ),
  )
  .addOption(repeatable('--check <check>', 'only this check in the A/A runs', 'all'))
  .addOption(repeatable('--mutant <mutant>', 'only this mutant', 'all'))
  .addOption(repeatable('--ticket <ticket>', 'only the mutants, or the A/A runs, of this ticket', 'all'))
  .option('--sample <n>', 'only so many, drawn by the seed', wholeNumber(1, 10_000))
  .option('--whole', 'judge all gates of the ticket, and hold that two thirds of them stay as they were')
  .option(
    '--jobs <n>',
    'how many at a time: busy mutants, those that mostly wait run beside them (default: 2), or changes to the judge (the cores)',
    wholeNumber(1, 16),
  )
  .option(
    '--seed <number>',
    'seed of the sample and of every run, of the simulations, or of the first A/A run (default: drawn, and told)',
    wholeNumber(0, 4_294_967_295),
  )
  .addOption(output())
  .addOption(component())
  .option('--no-provision', 'install and download nothing')
  .option('--json', 'print proof.json, aa.json or mutation.json instead of the table')
  .addOption(config())
  .action(async (values: Values) => exitWith(await (await import('./prove.ts')).prove(values as never)));

program
  .command('doctor')
  .description('which provider will serve each component, and what is missing')
  .addOption(component())
  .option('--no-provision', 'as if nothing might be installed')
  .addOption(config())
  .action(async (values: Values) => exitWith(await (await import('./doctor.ts')).doctor(values as never)));

program
  .command('bench')
  .description('measure ours and its peers side by side on this machine; judges nothing')
  .argument('[benchmark]', 'which one; without it they are listed')
  .option(
    '--rounds <n>',
    'how often each contender is measured (default: as the benchmark says)',
    wholeNumber(1, 1_000),
  )
  .option('--seed <number>', 'seed of every random draw (default: drawn, and told)', wholeNumber(0, 4_294_967_295))
  .addOption(output())
  .addOption(component())
  .option('--no-provision', 'install and download nothing')
  .option('--json', 'print the result as JSON instead of the table')
  .addOption(config())
  .action(async (benchmark: string | undefined, values: Values) =>
    exitWith(await (await import('./bench.ts')).bench(benchmark, values as never)),
  );

/** Errors with a code of ours are answers, not crashes: the call cannot be served, or the run cannot be known. */
const EXIT_OF_ERROR: Record<string, number> = {
  usage: EXIT.usage,
  unwritable: EXIT.usage,
  'no-space': EXIT.usage,
  'not-loadable': EXIT.usage,
  inconsistent: EXIT.usage,
  'stale-mutant': EXIT.usage,
  'not-recorded': EXIT.unknown,
  'not-found': EXIT.unknown,
  unreadable: EXIT.unknown,
};

let decided = false;
process.on('exit', (code) => {
  // Somebody's process.exit(0), or a promise that never settled, is not an answer.
  if (!decided && (code === 0 || code === 13)) process.exitCode = EXIT.crash;
});

/** Ends the process once its output is written: a left-over handle must not keep a finished command alive. */
function exitWith(code: number): void {
  decided = true;
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

function fail(error: unknown): void {
  const { code, message, stack } = (error ?? new Error('something failed without saying what')) as Error & {
    code?: string;
  };
  if (error instanceof CommanderError) {
    exitWith(error.exitCode === 0 ? EXIT.pass : EXIT.usage);
    return;
  }
  const expected = typeof code === 'string' && code === code.toLowerCase();
  process.stderr.write(`${expected ? `error: ${message}` : `crash: ${stack ?? message}`}\n`);
  exitWith(EXIT_OF_ERROR[code ?? ''] ?? EXIT.crash);
}

process.on('unhandledRejection', fail);
process.on('uncaughtException', fail);
// Whoever reads may go away (a closed terminal, `| head`); the run and its verdict must not go with them.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
try {
  // Before parsing, which would only complain of the values that npm left behind.
  const command = program.commands.find((one) => one.name() === process.argv[2]);
  refuseOptionsNpmTook(command?.options ?? [], process.env);
  await program.parseAsync();
} catch (error) {
  fail(error);
}

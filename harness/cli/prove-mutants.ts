/** `npm run prove -- --mutants`: plants each mutant in the candidate, and holds that a gate named for it says `fail`. */
import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Discovered, discover } from '../checks/discover.ts';
import { tooCoarse, unturned } from '../mutants/matrix.ts';
import { seededRandom } from '../random/random.ts';
import { FILES } from '../run-folder/files.ts';
import { checkoutOf } from '../run-folder/provenance.ts';
import { writeAtomically } from '../run-folder/write-atomically.ts';
import type { Proof } from '../schema/proof.ts';
import { EXIT } from '../schema/verdict.ts';
import { withChildRuns } from './child-runs.ts';
import { parseForced } from './components.ts';
import { loadConfig } from './config.ts';
import { checkFresh, chooseMutants, type MutantFilters } from './mutant-selection.ts';
import { progressOnStderr } from './progress-on-stderr.ts';
import { Stopping } from './stopping.ts';
import { tellProof } from './tell.ts';
import { type TrialOptions, tryMutants } from './try-mutants.ts';
import { UsageError } from './usage-error.ts';

export interface ProveMutantsOptions extends MutantFilters, TrialOptions {
  readonly seed?: number;
  readonly output: string;
  readonly component: readonly string[];
  readonly provision: boolean;
  readonly json?: boolean;
}

/** Exit code 1 when a mutant is not caught, is stale, or a promise is turned by none; 2 when that could not be told. */
export async function proveMutants(options: ProveMutantsOptions): Promise<number> {
  const config = await loadConfig(options.config);
  const forced = parseForced(options.component, config);
  const discovered = await discover(config.root, config.suites);
  const stale = checkFresh(discovered.mutants, config.root);
  for (const sentence of stale) process.stderr.write(`stale: ${sentence}\n`);
  if (stale.length > 0) return EXIT.fail;
  const seed = options.seed ?? randomInt(2 ** 32);
  const chosen = chooseMutants(discovered, options, seededRandom(seed));
  if (chosen.length === 0) throw new UsageError('there is no mutant to try: suites declare them in mutants.ts');

  const progress = progressOnStderr();
  const stopping = new Stopping();
  using _signals = stopping.listenForSignals(progress.line);
  const folder = resolve(options.output, 'proof');
  mkdirSync(folder, { recursive: true });
  progress.line(`${chosen.length} of ${discovered.mutants.length} mutants, ${options.jobs} at a time, seed ${seed}`);
  const startedAt = new Date().toISOString();
  const components = componentsOf(new Set(chosen.map((mutant) => mutant.suite)), discovered);
  const { provision } = options;
  const tried = await withChildRuns({ config, components, forced, provision, folder, stopping, progress }, (runs) =>
    tryMutants({ options, discovered, seed, stopping, progress, runs }, chosen),
  );
  progress.stop();
  if (tried === undefined && stopping.reason === undefined) return EXIT.unknown;
  const reports = tried ?? [];
  const complete = reports.length === discovered.mutants.length;
  const promises = discovered.promises.map((promise) => promise.id);
  const proof: Proof = {
    schemaVersion: 1,
    ...checkoutOf(config.root),
    seed,
    startedAt,
    endedAt: new Date().toISOString(),
    complete,
    mutants: reports.sort((a, b) => (a.id < b.id ? -1 : 1)),
    unturned: complete ? unturned(promises, reports) : [],
    tooCoarse: options.whole ? tooCoarse(reports) : [],
  };
  writeAtomically(join(options.output, FILES.proof), `${JSON.stringify(proof, null, 2)}\n`);
  tellProof(proof, join(options.output, FILES.proof), options.json);
  if (stopping.reason?.how === 'interrupted') return stopping.reason.exitCode;
  return exitCodeOfProof(proof, chosen.length);
}

/** Names of the components that the checks of these suites need. */
function componentsOf(suites: ReadonlySet<string>, { checks }: Discovered): string[] {
  const own = checks.filter((check) => suites.has(check.suite.id));
  return [...new Set(own.flatMap((check) => check.options.stack?.components ?? []))];
}

function exitCodeOfProof(proof: Proof, chosen: number): number {
  const found = [...proof.mutants.filter((mutant) => !mutant.caught), ...proof.unturned, ...proof.tooCoarse];
  if (found.length > 0) return EXIT.fail;
  return proof.mutants.length === chosen ? EXIT.pass : EXIT.unknown;
}

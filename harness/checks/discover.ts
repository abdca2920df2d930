/** Finds the suites' checks and promises by importing their files, and refuses a product that contradicts itself. */
import { existsSync, globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { contradictionsOfMutants, knownGates, wholeMutants } from '../mutants/declared.ts';
import type { Arm } from '../schema/entry.ts';
import type { Mutant } from '../schema/mutant.ts';
import {
  type Guardrail,
  idSchema,
  type LimitPromise,
  promiseSchema,
  type ReleasePromise,
  reaches,
} from '../schema/promise.ts';
import type { CheckDefinition, PairBudget } from './check-definition.ts';
import { TIMER_MAX_MS } from './deadline.ts';
import { setRegistrar } from './registrar.ts';

/** A suite as the composition root names it. */
export interface Suite {
  /** Kebab-case; the first segment of the ids of its checks and promises. */
  readonly id: string;
  /** `ACME-7`; absent for a suite that belongs to no ticket. */
  readonly ticket?: string;
  readonly title: string;
  /** Relative to the composition root; holds `promises.ts`, `*.check.ts` and, if there are any, `mutants.ts`. */
  readonly folder: string;
}

export interface DiscoveredCheck extends CheckDefinition {
  readonly suite: Suite;
  /** Absolute path of the file that declares it. */
  readonly file: string;
}

export interface Discovered {
  readonly suites: readonly Suite[];
  readonly checks: readonly DiscoveredCheck[];
  readonly promises: readonly ReleasePromise[];
  readonly mutants: readonly Mutant[];
}

/** The suites cannot be judged as they are written. */
export class DiscoveryError extends Error {
  readonly code: 'not-loadable' | 'inconsistent';

  constructor(code: DiscoveryError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DiscoveryError';
    this.code = code;
  }
}

/** A promise as a suite writes it; the suite itself fills in the rest. */
export type PromiseDeclaration =
  | Omit<LimitPromise, 'id' | 'suite' | 'ticket'>
  | Omit<Guardrail, 'id' | 'suite' | 'ticket'>;

/**
 * Imports every check file, every `promises.ts` and every `mutants.ts` of the suites under `root`.
 * @throws DiscoveryError with one sentence for each contradiction found
 */
export async function discover(root: string, suites: readonly Suite[]): Promise<Discovered> {
  const checks: DiscoveredCheck[] = [];
  const promises: ReleasePromise[] = [];
  const mutants: Mutant[] = [];
  for (const suite of suites) {
    const folder = resolve(root, suite.folder);
    for (const file of globSync('**/*.check.ts', { cwd: folder }).sort()) {
      const path = join(folder, file);
      setRegistrar((definition) => checks.push({ ...definition, suite, file: path }));
      const before = checks.length;
      await load(path);
      if (checks.length === before) throw new DiscoveryError('inconsistent', `${path} declares no check`);
    }
    setRegistrar(undefined);
    promises.push(...(await loadPromises(join(folder, 'promises.ts'), suite)));
    mutants.push(...(await loadMutants(join(folder, 'mutants.ts'), suite)));
  }
  const contradictions = [
    ...contradictionsOfIds(checks, promises, suites),
    ...contradictionsOfFiles(checks),
    ...contradictionsOfTimes(checks),
    ...contradictionsOfMeasures(checks),
    ...unfed(checks, promises),
    ...contradictionsOfMutants(mutants, knownGates(promises, checks)),
  ];
  if (contradictions.length > 0) throw new DiscoveryError('inconsistent', contradictions.join('\n'));
  return { suites, checks, promises, mutants };
}

async function load(path: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    throw new DiscoveryError('not-loadable', `${path} cannot be loaded: ${(error as Error).message}`, { cause: error });
  }
}

async function loadPromises(path: string, suite: Suite): Promise<ReleasePromise[]> {
  const { default: declared } = await load(path);
  if (typeof declared !== 'object' || declared === null) {
    throw new DiscoveryError(
      'inconsistent',
      `${path} has no default export: export default { 'suite/promise': { … } }`,
    );
  }
  const named = Object.entries(declared as Record<string, PromiseDeclaration>).map(([id, promise]) => ({
    ...promise,
    id,
    suite: suite.id,
    ...(suite.ticket === undefined ? {} : { ticket: suite.ticket }),
  }));
  const result = z.array(promiseSchema).safeParse(named);
  if (!result.success) throw new DiscoveryError('inconsistent', `${path}: ${z.prettifyError(result.error)}`);
  return result.data;
}

/** A suite without a `mutants.ts` has none. */
async function loadMutants(path: string, suite: Suite): Promise<Mutant[]> {
  if (!existsSync(path)) return [];
  const { default: declared } = await load(path);
  try {
    return wholeMutants(declared, suite);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new DiscoveryError('inconsistent', `${path}: ${z.prettifyError(error)}`);
  }
}

function contradictionsOfIds(
  checks: readonly DiscoveredCheck[],
  promises: readonly ReleasePromise[],
  suites: readonly Suite[],
): string[] {
  const found: string[] = [];
  const owners = [
    ...checks.map((one) => ({ id: one.id, suite: one.suite.id, what: `a check in ${one.file}` })),
    ...checks.map((one) => ({ id: `${one.id}/facts`, suite: one.suite.id, what: `the facts of ${one.id}` })),
    ...promises.flatMap((one) =>
      [one.id, ...(one.aliases ?? [])].map((id) => ({ id, suite: one.suite, what: 'a promise' })),
    ),
  ];
  const checkIds = new Set<string>();
  const gateIds = new Set<string>();
  for (const { id, suite, what } of owners) {
    // A promise may bear the name of the check that feeds it; two checks, or two gates, may not share one.
    const taken = what.startsWith('a check') ? checkIds : gateIds;
    if (taken.has(id)) found.push(`the id ${id} is used twice (${what})`);
    taken.add(id);
    if (!idSchema.safeParse(id).success) found.push(`${id} (${what}) is no id: it must be a path of kebab-case words`);
    if (!id.startsWith(`${suite}/`)) found.push(`${id} (${what}) must begin with its suite: ${suite}/`);
  }
  for (const suite of suites) {
    if (!checks.some((one) => one.suite.id === suite.id))
      found.push(`suite ${suite.id} has no check in ${suite.folder}`);
  }
  return found;
}

function contradictionsOfTimes(checks: readonly DiscoveredCheck[]): string[] {
  return checks
    .filter(({ options }) => !(options.timeout_ms > 0 && options.timeout_ms <= TIMER_MAX_MS))
    .map(
      ({ id, options }) => `${id} has a timeout of ${options.timeout_ms} ms; it must be between 1 and ${TIMER_MAX_MS}`,
    );
}

function contradictionsOfFiles(checks: readonly DiscoveredCheck[]): string[] {
  const lanes = Map.groupBy(checks, (one) => one.file);
  return [...lanes]
    .filter(([, inFile]) => new Set(inFile.map((one) => one.options.lane)).size > 1)
    .map(([file]) => `${file} has checks of several lanes; a check file has one`);
}

/** A pair budget that cannot be kept, and files whose other checks would leave stacks running beside a measurement. */
function contradictionsOfMeasures(checks: readonly DiscoveredCheck[]): string[] {
  const measured = checks.filter(({ options }) => options.pairs !== undefined);
  const unfit = measured.filter(({ options: { pairs } }) => {
    const { least, most } = pairs as PairBudget;
    return !(Number.isInteger(least) && Number.isInteger(most) && least >= 1 && most >= least);
  });
  const mixed = measured.filter(({ file }) =>
    checks.some((other) => other.file === file && other.options.pairs === undefined),
  );
  return [
    ...unfit.map(
      ({ id, options }) =>
        `${id} has ${options.pairs?.least} to ${options.pairs?.most} pairs; whole numbers were expected, 1 <= least <= most`,
    ),
    ...mixed.map(({ id, file }) => `${file} has checks beside ${id}; a file with a measured check has no other kind`),
  ];
}

/** Arms without which a promise of the kind cannot be judged at all. */
const ARMS_NEEDED: Record<ReleasePromise['kind'], readonly Arm[]> = {
  absolute: [],
  fix: ['baseline'],
  guardrail: ['baseline', 'candidate'],
};

/** Promises that no check feeds at the profile that is to decide them, or feeds on one arm only, or in another unit. */
function unfed(checks: readonly DiscoveredCheck[], promises: readonly ReleasePromise[]): string[] {
  return promises.flatMap((promise) => {
    const feeding = checks.filter(
      (one) => one.suite.id === promise.suite && Object.hasOwn(one.options.measures, promise.measure),
    );
    if (!feeding.some((one) => reaches(promise.decidableFrom, one.options.from))) {
      return [
        `promise ${promise.id} is decidable from ${promise.decidableFrom}, but no check observes ${promise.measure} there`,
      ];
    }
    const off = feeding.flatMap((one) =>
      ARMS_NEEDED[promise.kind].filter((arm) => !one.options.arms.includes(arm)).map((arm) => ({ one, arm })),
    );
    if (off.length > 0) {
      return off.map(
        ({ one, arm }) => `promise ${promise.id} is a ${promise.kind}, but ${one.id} does not run on the ${arm}`,
      );
    }
    if (promise.kind === 'guardrail' && feeding.length > 1) {
      const names = feeding.map((one) => one.id).join(', ');
      return [
        `promise ${promise.id} is a guardrail and pairs the replicates of one check, but ${names} all observe ${promise.measure}`,
      ];
    }
    return feeding
      .filter((one) => one.options.measures[promise.measure] !== promise.unit)
      .map(
        (one) =>
          `promise ${promise.id} is in ${promise.unit}, check ${one.id} observes ${promise.measure} in ${one.options.measures[promise.measure]}`,
      );
  });
}

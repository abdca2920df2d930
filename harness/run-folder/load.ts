/** Finds a saved run and reads what the judge needs of it. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readEntries } from '../observations/read-entries.ts';
import type { Entry } from '../schema/entry.ts';
import { promiseSchema, type ReleasePromise } from '../schema/promise.ts';
import { SCOPE_SCHEMA_VERSION, type Scope, scopeSchema } from '../schema/scope.ts';
import { RunFolderError } from './errors.ts';
import { FILES } from './files.ts';
import { hashPromises } from './provenance.ts';
import { brokenSeals } from './seal.ts';

export interface SavedRun {
  readonly scope: Scope;
  readonly promises: ReleasePromise[];
  readonly entries: Entry[];
  readonly damage: string[];
}

/**
 * The folder of the run named `run`: a path, the id of a run under `output`, or `latest`.
 * @throws RunFolderError `not-found`
 */
export function findRunFolder(run: string, output: string): string {
  for (const candidate of [resolve(output, run), resolve(output, 'runs', run), resolve(run)]) {
    if (existsSync(join(candidate, FILES.scope))) return realpathSync(candidate);
  }
  throw new RunFolderError(
    'not-found',
    `no run "${run}": neither a run folder nor the id of one in ${resolve(output, 'runs')}. Make one with: npm run regression`,
  );
}

/**
 * Reads scope, promises and entries. Damaged entries are told in `damage`.
 * @throws RunFolderError `unreadable` when scope or promises cannot be understood, with what is wrong in them
 */
export async function loadRun(folder: string): Promise<SavedRun> {
  const scope = readJson(folder, FILES.scope, scopeSchema);
  const promises = readJson(folder, FILES.promises, z.array(promiseSchema));
  const { entries, damage } = await readEntries(join(folder, FILES.observations));
  if (hashPromises(readFileSync(join(folder, FILES.promises))) !== scope.provenance.promisesSha256) {
    damage.push('promises.json is not what the run began with: its hash differs from the one in scope.json');
  }
  const broken = await brokenSeals(folder);
  if (broken === undefined && entries.some((entry) => entry.type === 'run-ended'))
    damage.push(`${FILES.seal} is missing, though the run ended`);
  return { scope, promises, entries, damage: [...damage, ...(broken ?? [])] };
}

function readJson<T>(folder: string, file: string, schema: z.ZodType<T>): T {
  try {
    const content: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    refuseOtherVersion(join(folder, file), content);
    return schema.parse(content);
  } catch (error) {
    if (error instanceof RunFolderError) throw error;
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new RunFolderError(
      'unreadable',
      `${join(folder, file)} is not readable as a run (${detail}): run the regression again`,
      {
        cause: error,
      },
    );
  }
}

/** A run is judged again by a harness that knows what its words meant. */
function refuseOtherVersion(path: string, content: unknown): void {
  const { schemaVersion, provenance } = (content ?? {}) as Record<string, unknown>;
  if (typeof schemaVersion !== 'number' || schemaVersion === SCOPE_SCHEMA_VERSION) return;
  const { commit } = (provenance ?? {}) as Record<string, unknown>;
  const when = typeof commit === 'string' ? `: check out ${commit.slice(0, 40)}, which it was made on, to read it` : '';
  throw new RunFolderError(
    'unreadable',
    `${path} is of schema version ${schemaVersion}, this harness reads version ${SCOPE_SCHEMA_VERSION}${when}, or run the regression again`,
  );
}

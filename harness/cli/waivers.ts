/** Reads the waivers of a product, and refuses those that let go what they may not. */
import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Discovered } from '../checks/discover.ts';
import { knownGates } from '../mutants/declared.ts';
import { hasExpired, type Waiver, waiverSchema } from '../schema/waiver.ts';
import { oneOf, UsageError } from './usage-error.ts';

const fileSchema = z.array(waiverSchema).nullable();

/**
 * The waivers in `file`; none where there is no such file.
 * @throws UsageError with a sentence for each that is of no gate, of a fix, expired, or there twice
 */
export function readWaivers(file: string, { promises, checks }: Discovered, now_ms = Date.now()): Waiver[] {
  const name = relative(process.cwd(), file);
  if (!existsSync(file)) return [];
  const waivers = read(file, name);
  const gates = knownGates(promises, checks).map(({ id }) => id);
  const fixes = new Set(promises.filter(({ kind }) => kind === 'fix').map(({ id }) => id));
  const problems = waivers.flatMap((waiver, index) => {
    const { gate, owner, expires } = waiver;
    if (!gates.includes(gate)) return [unknown(gate, gates)];
    if (fixes.has(gate)) return [`${gate} is a fix: what the release is for cannot be waived`];
    if (hasExpired(waiver, now_ms))
      return [`the waiver of ${gate} expired on ${expires}: mend it, or have ${owner} say for how much longer`];
    return waivers.findIndex((one) => one.gate === gate) < index ? [`${gate} is waived twice`] : [];
  });
  if (problems.length > 0) throw new UsageError(problems.map((problem) => `${name}: ${problem}`).join('\n'));
  return waivers;
}

/** Where a product keeps them, relative to its composition root. */
export function waiversFile(root: string): string {
  return resolve(root, 'suites/waivers.yaml');
}

function read(file: string, name: string): Waiver[] {
  try {
    // Without the schema's dates: `2026-12-31` stays what was written.
    return fileSchema.parse(parse(readFileSync(file, 'utf8'), { maxAliasCount: 0 })) ?? [];
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new UsageError(
      `${name}: a list of waivers was expected, each with gate, owner, reason and expires (${detail})`,
    );
  }
}

function unknown(gate: string, gates: readonly string[]): string {
  try {
    return oneOf('gate', gate, gates);
  } catch (error) {
    return (error as Error).message;
  }
}

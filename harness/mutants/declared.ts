/** The mutants a suite declares in its `mutants.ts`, made whole and held against its gates. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Mutant, mutantSchema } from '../schema/mutant.ts';
import { type Profile, type ReleasePromise, reaches } from '../schema/promise.ts';
import { applyChange, type Change, StaleMutantError } from './change.ts';

/** A mutant as a suite writes it, under its id. */
export type MutantDeclaration = Omit<Mutant, 'id' | 'suite' | 'ticket' | 'profile'> & {
  /** @default 'smoke' */
  readonly profile?: Profile;
};

/** The default export of a `mutants.ts`, with what the suite itself says. @throws ZodError */
export function wholeMutants(declared: unknown, suite: { readonly id: string; readonly ticket?: string }): Mutant[] {
  const named = Object.entries(z.record(z.string(), z.looseObject({})).parse(declared)).map(([id, mutant]) => ({
    profile: 'smoke',
    ...mutant,
    id,
    suite: suite.id,
    ...(suite.ticket === undefined ? {} : { ticket: suite.ticket }),
  }));
  return z.array(mutantSchema).parse(named);
}

/** A gate as far as a mutant must know it. */
export interface KnownGate {
  readonly id: string;
  /** The quickest profile at which it is judged. */
  readonly from: Profile;
}

/** The gates of these checks and promises. */
export function knownGates(
  promises: readonly ReleasePromise[],
  checks: readonly { readonly id: string; readonly options: { readonly from: Profile } }[],
): KnownGate[] {
  return [
    ...promises.map((promise) => ({ id: promise.id, from: promise.decidableFrom })),
    ...checks.map((check) => ({ id: `${check.id}/facts`, from: check.options.from })),
  ];
}

/** A sentence for each mutant that no gate could catch as it is declared. */
export function contradictionsOfMutants(mutants: readonly Mutant[], gates: readonly KnownGate[]): string[] {
  return mutants.flatMap((mutant) => [
    ...(mutant.id.startsWith(`${mutant.suite}/`)
      ? []
      : [`${mutant.id} (a mutant) must begin with its suite: ${mutant.suite}/`]),
    ...mutant.gates.flatMap((id) => {
      const gate = gates.find((one) => one.id === id);
      if (gate === undefined) return [`mutant ${mutant.id} is to be caught by ${id}, which is no gate`];
      return reaches(mutant.profile, gate.from)
        ? []
        : [`mutant ${mutant.id} runs at ${mutant.profile}, but ${id} is judged from ${gate.from} on`];
    }),
  ]);
}

/**
 * The change a mutant makes under `root`.
 * @throws StaleMutantError when its file is gone or does not hold the text exactly once
 */
export function changeOf(mutant: Mutant, root: string): Change {
  const change = { file: resolve(root, mutant.file), find: mutant.find, replace: mutant.replace };
  if (!existsSync(change.file)) throw new StaleMutantError(`${mutant.id} changes ${mutant.file}, which is not there`);
  applyChange(readFileSync(change.file, 'utf8'), change);
  return change;
}

import { expect, test } from 'vitest';
import type { Discovered } from '../checks/discover.ts';
import type { Mutant } from '../schema/mutant.ts';
import type { Profile } from '../schema/promise.ts';
import { chooseMutants, componentsFor } from './mutant-selection.ts';

const suite = { id: 'acme-7', title: 'Anvils', folder: 'suites/acme-7' };

function check(id: string, from: Profile, components: readonly string[]) {
  return { id, suite, options: { from, lane: 'functional', measures: {}, stack: { id: 'hub', components } } };
}

function mutant(name: string, profile: Profile, gate: string): Mutant {
  const change = { file: 'x.ts', find: 'fast', replace: 'slow' };
  return { id: `acme-7/${name}`, suite: suite.id, source: 'a plan', says: 'slow', profile, gates: [gate], ...change };
}

const quick = mutant('quick', 'smoke', 'acme-7/drops/facts');
const thorough = mutant('thorough', 'standard', 'acme-7/looks/facts');
const discovered = {
  suites: [suite],
  promises: [],
  mutants: [quick, thorough],
  checks: [check('acme-7/drops', 'smoke', ['store']), check('acme-7/looks', 'standard', ['store', 'screen'])],
} as unknown as Discovered;

test('what only checks need that no chosen mutant is tried with is not asked for', () => {
  expect(componentsFor([quick], discovered, false)).toEqual(['store']);
  expect(componentsFor([quick, thorough], discovered, false)).toEqual(['store', 'screen']);
});

test('with the whole suite a mutant needs what the checks of its profile do, and no more', () => {
  expect(componentsFor([quick], discovered, true)).toEqual(['store']);
  expect(componentsFor([thorough], discovered, true)).toEqual(['store', 'screen']);
});

test.for([
  ['smoke', [quick]],
  ['standard', [quick, thorough]],
  [undefined, [quick, thorough]],
] as const)('at profile %s the mutants that it can see are tried', ([profile, expected]) => {
  const filters = { mutant: [], ticket: [], ...(profile === undefined ? {} : { profile }) };
  expect(chooseMutants(discovered, filters, Math.random)).toEqual(expected);
});

import { expect, test } from 'vitest';
import type { Comparison } from '../schema/comparison.ts';
import { renderComparison } from './comparison.ts';

const gates: Comparison['gates'] = [
  {
    id: 'a/better',
    change: 'better',
    before: { verdict: 'pass', value: 12 },
    after: { verdict: 'pass', value: 10 },
    reason: 'why',
  },
  {
    id: 'a/same',
    change: 'same',
    before: { verdict: 'pass', value: 1 },
    after: { verdict: 'pass', value: 1 },
    reason: 'why',
  },
  {
    id: 'a/new',
    change: 'new',
    before: { verdict: 'pass', value: 1 },
    after: { verdict: 'no-data', value: null, waived: true },
    reason: 'why\u001b[31m',
  },
  { id: 'a/gone', change: 'missing', before: { verdict: 'pass', value: 1 }, reason: 'why' },
];
const provenance = [{ what: 'node', before: 'v22', after: 'v24' }];

test('tells what was not alike first, then changes with the worst first, and of the same only the number', () => {
  const text = renderComparison({ schemaVersion: 1, before: 'one', after: 'two', provenance, gates }, { color: false });
  expect(text).toMatchInlineSnapshot(`
    "one → two

    not alike: node  v22 → v24

    new: passed, and does not any more
      a/new  pass (1) → no-data, waived
        why

    missing: not judged any more
      a/gone  pass (1) → not judged
        why

    better beyond noise
      a/better  pass (12) → pass (10)
        why

    4 gates: 1 new, 1 missing, 1 better, 1 the same
    "
  `);
});

test('has nothing but the count to tell of runs without gates', () => {
  const text = renderComparison(
    { schemaVersion: 1, before: 'one', after: 'two', provenance: [], gates: [] },
    { color: false },
  );
  expect(text).toBe('one → two\n\n0 gates: none\n');
});

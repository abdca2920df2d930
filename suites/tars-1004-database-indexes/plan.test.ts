import { expect, test } from 'vitest';
import { faultsOf, type PlanNode } from './plan.ts';

const blocks = { 'Shared Hit Blocks': 3, 'Shared Read Blocks': 1 };
const scan: PlanNode = { 'Node Type': 'Index Scan', 'Index Name': 'idx_one', ...blocks };
const limit = (...Plans: PlanNode[]): PlanNode => ({ 'Node Type': 'Limit', Plans, ...blocks });

test('a page read by its index, in the order of the index, has no fault', () => {
  expect(faultsOf(limit(scan), 'idx_one', false)).toEqual([]);
});

test('another index, a whole table, a sort and rows thrown away are faults, wherever in the plan', () => {
  expect(faultsOf(limit(scan), 'idx_two', false)).toEqual(['idx_two is not used: Limit < Index Scan on idx_one']);
  const seqScan: PlanNode = { 'Node Type': 'Parallel Seq Scan', 'Relation Name': 'users', ...blocks };
  expect(faultsOf(limit({ 'Node Type': 'Nested Loop', Plans: [scan, seqScan], ...blocks }), 'idx_one', false)).toEqual([
    'Parallel Seq Scan on users reads all',
  ]);
  expect(faultsOf(limit({ 'Node Type': 'Incremental Sort', Plans: [scan], ...blocks }), 'idx_one', false)).toEqual([
    'rows are put in order: Incremental Sort',
  ]);
  expect(faultsOf(limit({ ...scan, 'Rows Removed by Filter': 1 }), 'idx_one', false)).toEqual([
    '1 rows are read and thrown away',
  ]);
  expect(faultsOf(limit({ ...scan, 'Rows Removed by Filter': 0 }), 'idx_one', false)).toEqual([]);
});

test('an index that promises to answer alone may not fetch one row from the table', () => {
  const alone = { ...scan, 'Node Type': 'Index Only Scan' };
  expect(faultsOf({ ...alone, 'Heap Fetches': 0 }, 'idx_one', true)).toEqual([]);
  expect(faultsOf({ ...alone, 'Heap Fetches': 1 }, 'idx_one', true)).toHaveLength(1);
  expect(faultsOf(scan, 'idx_one', true)).toHaveLength(1);
  expect(faultsOf(scan, 'idx_one', false)).toEqual([]);
});

import { expect, test } from 'vitest';
import { oneOf } from './usage-error.ts';

const checks = ['tars-1001/reconnects', 'tars-1001/bad-input'];

test('a valid name is taken, whatever its case', () => {
  expect(oneOf('ticket', 'tars-1001', ['TARS-1001'])).toBe('TARS-1001');
});

test('an unknown name is refused with the nearest valid one', () => {
  expect(() => oneOf('check', 'tars-1001/reconect', checks)).toThrow(
    'unknown check "tars-1001/reconect": did you mean "tars-1001/reconnects"?',
  );
});

test('an unknown name where there are none is refused as such', () => {
  expect(() => oneOf('check', 'x', [])).toThrow('there are none');
});

import { expect, test } from 'vitest';
import { oneOf } from './usage-error.ts';

const checks = ['acme-1001/reconnects', 'acme-1001/bad-input'];

test('a valid name is taken, whatever its case', () => {
  expect(oneOf('ticket', 'acme-1001', ['ACME-1001'])).toBe('ACME-1001');
});

test('an unknown name is refused with the nearest valid one', () => {
  expect(() => oneOf('check', 'acme-1001/reconect', checks)).toThrow(
    'unknown check "acme-1001/reconect": did you mean "acme-1001/reconnects"?',
  );
});

test('an unknown name where there are none is refused as such', () => {
  expect(() => oneOf('check', 'x', [])).toThrow('there are none');
});

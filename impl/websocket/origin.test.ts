import { expect, test } from 'vitest';
import { isAllowedOrigin } from './origin.ts';

test.each([
  [undefined, true],
  ['https://tars.example', true],
  ['http://tars.example', true], // the server may stand behind one that ends TLS, and cannot tell
  ['https://TARS.example', true],
  ['https://tars.example:8443', false],
  ['https://tars.example.evil.example', false],
  ['https://evil.example', false],
  ['null', false],
  ['', false],
])('the origin %s at its own host: %s', (origin, allowed) => {
  expect(isAllowedOrigin({ host: 'Tars.example', ...(origin !== undefined && { origin }) })).toBe(allowed);
});

test('an origin elsewhere is allowed when it is listed, to the letter', () => {
  const allowed = ['https://pages.example'];
  expect(isAllowedOrigin({ host: 'tars.example', origin: 'https://pages.example' }, allowed)).toBe(true);
  expect(isAllowedOrigin({ host: 'tars.example', origin: 'http://pages.example' }, allowed)).toBe(false);
  expect(isAllowedOrigin({ host: 'tars.example:3001', origin: 'http://tars.example:3001' }, allowed)).toBe(true);
});

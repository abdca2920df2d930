import { expect, test } from 'vitest';
import { redactor } from './redaction.ts';

test('exact secrets go, also as they stand in a URL and in JSON, and each line of a longer one', () => {
  const redact = redactor(['p@ss"word', 'first line\nsecond line', '']);
  expect(redact('a p@ss"word b p%40ss%22word c "p@ss\\"word" d second line')).toBe(
    'a [redacted] b [redacted] c "[redacted]" d [redacted]',
  );
});

test('a secret that begins with another one goes whole', () => {
  expect(redactor(['abc', 'abcdef'])('abcdef abc')).toBe('[redacted] [redacted]');
});

test.each([
  ['postgres://tars:s3cr@t@127.0.0.1:5432/db', 'postgres://tars:[redacted]@127.0.0.1:5432/db'],
  ['redis://:secret@host', 'redis://:[redacted]@host'],
  ['authorization: Bearer abc.def-123==', 'authorization: Bearer [redacted]'],
  ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln end', 'token [redacted] end'],
  ['GET /ws?token=abc123&x=1', 'GET /ws?token=[redacted]&x=1'],
  ['PGPASSWORD=hunter2 psql', 'PGPASSWORD=[redacted] psql'],
  ['{"password": "hunter2"}', '{"password": "[redacted]"}'],
])('%s', (line, redacted) => {
  expect(redactor()(line)).toBe(redacted);
});

test.each(['listening on http://127.0.0.1:8080/path@2x', 'at 12:00 user@example.org came', 'eyJust a word'])(
  'harmless: %s',
  (line) => {
    expect(redactor()(line)).toBe(line);
  },
);

test('a long line of near misses takes no time', () => {
  const lines = ['a.', '-eyJ', '://a:', 'bearer ', '?token'].map((part) => part.repeat(64_000 / part.length));
  const began = performance.now();
  for (const line of lines) redactor()(line);
  expect(performance.now() - began).toBeLessThan(1_000);
});

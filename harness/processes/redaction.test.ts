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
  ['postgres://acme:s3cr@t@127.0.0.1:5432/db', 'postgres://acme:[redacted]@127.0.0.1:5432/db'],
  ['redis://:secret@host', 'redis://:[redacted]@host'],
  ['authorization: Bearer abc.def-123==', 'authorization: Bearer [redacted]'],
  ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln end', 'token [redacted] end'],
  ['GET /ws?token=abc123&x=1', 'GET /ws?token=[redacted]&x=1'],
  ['PGPASSWORD=hunter2 psql', 'PGPASSWORD=[redacted] psql'],
  ['{"password": "hunter2"}', '{"password": "[redacted]"}'],
  ['{"token":"x","a":1}', '{"token":"[redacted]","a":1}'],
  ['{"access_token":"a\\"b","a":1}', '{"access_token":"[redacted]","a":1}'],
  [String.raw`{"msg":"got {\"token\":\"x y\",\"a\":1}"}`, String.raw`{"msg":"got {\"token\":\"[redacted]\",\"a\":1}"}`],
  ['api_key: x, y', 'api_key: [redacted], y'],
  ['apiKey=x&y=1', 'apiKey=[redacted]&y=1'],
  ['secret: x', 'secret: [redacted]'],
  ['X_SECRET=x Y=1', 'X_SECRET=[redacted] Y=1'],
  ['AWS_SECRET_ACCESS_KEY=x', 'AWS_SECRET_ACCESS_KEY=[redacted]'],
  ['Authorization: Basic dXNlcjpw', 'Authorization: Basic [redacted]'],
  ['{"authorization":"Basic dXNlcjpw","a":1}', '{"authorization":"Basic [redacted]","a":1}'],
  ['Cookie: session=abc; other=def', 'Cookie: [redacted]'],
  ['{"set-cookie":"session=abc; Path=/","a":1}', '{"set-cookie":"[redacted]","a":1}'],
  ['redis-server --requirepass x --port 1', 'redis-server --requirepass [redacted] --port 1'],
  ['requirepass x', 'requirepass [redacted]'],
  ["ALTER ROLE a PASSWORD 'x y' LOGIN", "ALTER ROLE a PASSWORD '[redacted]' LOGIN"],
  ['passwd=x', 'passwd=[redacted]'],
  ['postgres://acme:s3c/ret@host/db', 'postgres://acme:[redacted]@host/db'],
  ['password="a b" user=c', 'password="[redacted]" user=c'],
  ["password='a b", "password='[redacted]"],
])('%s', (line, redacted) => {
  expect(redactor()(line)).toBe(redacted);
});

test.each(['listening on http://127.0.0.1:8080/path@2x', 'at 12:00 user@example.org came', 'eyJust a word'])(
  'harmless: %s',
  (line) => {
    expect(redactor()(line)).toBe(line);
  },
);

test('a long line of near misses takes no time of the processor', () => {
  const parts = ['a.', '-eyJ', '://a:', 'bearer ', '?token', 'password="\\', 'cookie:', '--', 'authorization: a '];
  const lines = parts.map((part) => part.repeat(64_000 / part.length));
  const began = process.cpuUsage();
  for (const line of lines) redactor()(line);
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(1_000);
});

import { expect, test } from 'vitest';
import { readConfiguration, sharedVariables, wholeNumber } from './configuration.ts';

const shape = { ...sharedVariables, TARS_PORT: wholeNumber(0, 65_535).default(3001) };
const whole = {
  TARS_RELEASE: 'v1.0.1',
  TARS_POSTGRES_URL: 'postgres://tars:secret@127.0.0.1:5432/tars',
  TARS_REDIS_URL: 'redis://127.0.0.1:6379',
};

test('a whole environment is read, with defaults for what may be missing or empty', () => {
  expect(readConfiguration(shape, { ...whole, TARS_HOST: '', PATH: '/bin' })).toEqual({
    ...whole,
    TARS_HOST: '127.0.0.1',
    TARS_PORT: 3001,
    TARS_LOG_LEVEL: 'info',
  });
});

test('every fault is named at once', () => {
  const read = () =>
    readConfiguration(shape, { TARS_RELEASE: 'v9', TARS_REDIS_URL: 'http://x', TARS_LOG_LEVEL: 'loud' });
  expect(read).toThrow(/TARS_RELEASE: expected one of v1\.0\.0, v1\.0\.1/);
  expect(read).toThrow(/TARS_POSTGRES_URL: not set/);
  expect(read).toThrow(/TARS_REDIS_URL: expected a URL like redis:\/\//);
  expect(read).toThrow(/TARS_LOG_LEVEL: expected trace/);
});

test('a faulty value is never repeated', () => {
  const environment = { ...whole, TARS_POSTGRES_URL: 'mysql://tars:hunter2@db', TARS_PORT: 'hunter2' };
  expect(() => readConfiguration(shape, environment)).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
  );
});

test.each([
  ['0', 0],
  ['65535', 65_535],
])('the port %s is within its bounds', (text, port) => {
  expect(readConfiguration(shape, { ...whole, TARS_PORT: text }).TARS_PORT).toBe(port);
});

test.each(['65536', '-1', '1.5', '0x10', '1e3', ' 1', '99999999999'])('the port %j is refused', (text) => {
  expect(() => readConfiguration(shape, { ...whole, TARS_PORT: text })).toThrow(/TARS_PORT: expected a/);
});

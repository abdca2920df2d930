import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';

test('an error is logged without what drivers hang on it', () => {
  const lines: string[] = [];
  const logger = createLogger('test', 'v1.0.1', 'info', { write: (line) => void lines.push(line) });
  const err = Object.assign(new Error('WRONGPASS'), {
    command: { name: 'auth', args: ['hunter2'] },
    input: 'redis://:hunter2@127.0.0.1',
    code: 'ERR',
  });
  logger.error({ err }, 'away');
  expect(JSON.parse(lines[0] as string)).toMatchObject({ msg: 'away', err: { message: 'WRONGPASS', code: 'ERR' } });
  expect(lines[0]).not.toContain('hunter2');
});

test('a refused connection says so, although Node gives it no message', async () => {
  const lines: string[] = [];
  const logger = createLogger('test', 'v1.0.1', 'info', { write: (line) => void lines.push(line) });
  const redis = new Redis('redis://localhost:1', { retryStrategy: null, lazyConnect: true });
  redis.on('error', (err) => logger.warn({ err }));
  await redis.connect().catch(() => {});
  expect(JSON.parse(lines[0] as string).err.message).toContain('ECONNREFUSED');
});

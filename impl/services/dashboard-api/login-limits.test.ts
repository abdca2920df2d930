import { expect, test } from 'vitest';
import { LoginLimits } from './login-limits.ts';

/** Verifications that end when they are told to. */
function bench() {
  const limits = new LoginLimits();
  const working: (() => void)[] = [];
  const login = (address: string) =>
    limits
      .run(address, () => new Promise<void>((resolve) => working.push(resolve)))
      .then(
        () => 'verified',
        ({ code }) => code as string,
      );
  return { login, working };
}

test('two are at work, and the next begins when one of them ends', async () => {
  const { login, working } = bench();
  const logins = [login('a'), login('b'), login('c')];
  expect(working).toHaveLength(2);
  working[0]?.();
  expect(await logins[0]).toBe('verified');
  expect(working).toHaveLength(3);
});

test('of one address four are admitted, a fifth is not, and another address is', async () => {
  const { login, working } = bench();
  const four = Array.from({ length: 4 }, () => login('a'));
  expect(await login('a')).toBe('too-many-requests');
  const other = login('b');
  for (let ended = 0; ended < 5; ended += 1) {
    working[ended]?.();
    await (four[ended] ?? other);
  }
  expect(await Promise.all([...four, other])).toEqual(Array(5).fill('verified'));
});

test('sixteen are admitted, a seventeenth is not, and one is again when one has ended', async () => {
  const { login, working } = bench();
  const logins = Array.from({ length: 16 }, (_, n) => login(`address-${n}`));
  expect(await login('late')).toBe('unavailable');
  working[0]?.();
  await logins[0];
  const all = [...logins, login('late')];
  for (let ended = 1; ended < 17; ended += 1) {
    working[ended]?.();
    await all[ended];
  }
  expect(await Promise.all(all)).toEqual(Array(17).fill('verified'));
});

test('a verification that fails gives its place back', async () => {
  const limits = new LoginLimits();
  const fail = () => limits.run('a', () => Promise.reject(new Error('PostgreSQL is away')));
  for (let failures = 0; failures < 20; failures += 1) await expect(fail()).rejects.toThrow('PostgreSQL is away');
  expect(await limits.run('a', async () => 'verified')).toBe('verified');
});

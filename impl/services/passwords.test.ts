import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './passwords.ts';

test('a password verifies against its own hash alone', async () => {
  const hash = await hashPassword('correct horse');
  expect(hash).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await verifyPassword('correct horse', hash)).toBe(true);
  expect(await verifyPassword('correct horsf', hash)).toBe(false);
  expect(await verifyPassword('', hash)).toBe(false);
});

test('one password has another hash each time', async () => {
  expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
});

test('the same letters are the same password, however they are composed', async () => {
  expect(await verifyPassword('caf\u0065\u0301', await hashPassword('caf\u00e9'))).toBe(true);
});

test('an unknown user is refused after as much work as a wrong password', async () => {
  const hash = await hashPassword('right');
  const time = async (stored: string | undefined) => {
    const begun_ms = performance.now();
    expect(await verifyPassword('wrong', stored)).toBe(false);
    return performance.now() - begun_ms;
  };
  const median = (times: number[]) => times.sort((a, b) => a - b)[2] as number;
  const known_ms: number[] = [];
  const unknown_ms: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    known_ms.push(await time(hash));
    unknown_ms.push(await time(undefined));
  }
  // Skipping the work would make it a thousandth.
  expect(median(unknown_ms)).toBeGreaterThan(median(known_ms) / 3);
});

test('what is no hash is an error, not a refusal', async () => {
  await expect(verifyPassword('x', 'md5:abc')).rejects.toThrow(/expected a password hash/);
});

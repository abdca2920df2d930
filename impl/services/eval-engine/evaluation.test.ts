import { expect, test } from 'vitest';
import { evaluate, UnknownEnvironmentError } from './evaluation.ts';

const job = { environment: 'cartpole', episodes: 20, seed: 1 };

test('the same job has the same reward, on every machine', () => {
  expect(evaluate(job)).toBe(evaluate(job));
  expect(evaluate(job)).toBe(429);
});

test('another seed gives another reward', () => {
  expect(evaluate({ ...job, seed: 2 })).not.toBe(evaluate(job));
});

test('the policy is good and not perfect', () => {
  const reward = evaluate({ ...job, episodes: 1_000 });
  expect(reward).toBeGreaterThan(300);
  expect(reward).toBeLessThan(490);
});

test.each(['lunarlander', 'constructor', '__proto__'])('the environment %s is unknown', (environment) => {
  expect(() => evaluate({ ...job, environment })).toThrow(UnknownEnvironmentError);
});

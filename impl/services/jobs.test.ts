import { expect, test } from 'vitest';
import { MalformedJobError, parseJob } from './jobs.ts';

const job = {
  id: '3f2f6d6e-0000-4000-8000-0000000000aa',
  agentId: 'agent-1',
  region: 'us-east-1',
  environment: 'cartpole',
  episodes: 1,
  seed: 7,
};

test('a job is read, and what a newer release added is let through', () => {
  expect(parseJob(JSON.stringify({ ...job, _trace_context: {} }))).toEqual(job);
});

test.each([
  ['no field', undefined],
  ['no JSON', '{'],
  ['no object', '[]'],
  ['a missing id', JSON.stringify({ ...job, id: undefined })],
  ['an agent that would name another channel', JSON.stringify({ ...job, agentId: 'a/b' })],
  ['no episode', JSON.stringify({ ...job, episodes: 0 })],
  ['too many episodes', JSON.stringify({ ...job, episodes: 1001 })],
  ['half an episode', JSON.stringify({ ...job, episodes: 0.5 })],
])('%s is malformed', (_name, text) => {
  expect(() => parseJob(text)).toThrow(MalformedJobError);
});

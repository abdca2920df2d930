/** Tools that a stack's checks use where they can be had. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { Place } from './command.fixture.ts';

const CHECK = join(import.meta.dirname, '../checks/check.ts');

const PROVIDERS = {
  'that is there': `probe: async () => ({ status: 'ready', version: '1', detail: 'here' })`,
  'that is not there': `probe: async () => ({ status: 'unavailable', reason: 'nobody has it', command: 'get saw' })`,
} as const;

/** A product whose one stack uses a saw from `standard` on, and tells its check whether it has one. */
function productWith(place: Place, saw: keyof typeof PROVIDERS, expected: boolean): string {
  const config = place.product('');
  const provider = `{ name: 'path', ${PROVIDERS[saw]}, start: async () => ({ version: '1', url: 'file:///saw', stop: async () => {} }) }`;
  const text = readFileSync(config, 'utf8');
  const tools = `"tools":{ saw: { name: 'saw', providers: [${provider}] } },"profiles"`;
  writeFileSync(
    config,
    text.replace('"profiles"', () => tools),
  );
  const stack = `{ id: 'tooled', components: [], tools: { saw: 'standard' },
    boot: async ({ components }) => ({ services: 'saw' in components, reset: async () => {}, stop: async () => {} }) }`;
  writeFileSync(
    join(dirname(config), 'b.check.ts'),
    `import { check } from ${JSON.stringify(CHECK)};
    check('p/tooled', { lane: 'functional', facts: ['as expected'], arms: ['candidate'], stack: ${stack} },
      async ({ stack, fact }) => fact('as expected', stack === ${expected}));`,
  );
  return config;
}

test.for([
  ['smoke', 'that is there', false, []],
  ['standard', 'that is there', true, [{ name: 'saw', version: '1', provider: 'path' }]],
  [
    'standard',
    'that is not there',
    false,
    [
      {
        name: 'saw',
        version: null,
        provider: null,
        missing: expect.stringMatching(/nobody has it.*`get saw` gets it/),
      },
    ],
  ],
] as const)(
  'at %s a tool %s is handed to the stack: %s, and keeps no check from running',
  async ([profile, saw, expected, told]) => {
    const place = new Place();
    const config = productWith(place, saw, expected);
    const { code, stderr } = await place.run([
      'regression',
      '--config',
      config,
      '--profile',
      profile,
      '--check',
      'p/tooled',
    ]);
    expect(stderr.includes('not to be had')).toBe(saw === 'that is not there');
    const run = JSON.parse(place.read('run.json'));
    expect(run.provenance.components).toEqual(told);
    expect({ code, verdict: run.verdict }).toEqual({ code: 0, verdict: 'pass' });
  },
);

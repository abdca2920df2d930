import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ComponentDefinition, Probe, Provider } from './component.ts';
import { diagnoseComponent } from './diagnose.ts';
import { startComponent } from './start-component.ts';
import { type TestContext, testContext } from './test-context.ts';

let context: TestContext;

beforeAll(async () => {
  context = await testContext();
});

afterAll(() => context.close());

const READY: Probe = { status: 'ready', version: '1.2', detail: '/usr/bin/server' };
const ABSENT: Probe = { status: 'unavailable', reason: 'it is not there' };

/** A provider that answers one probe after the other, the last one for ever. */
function provider(name: string, probes: readonly Probe[], start?: () => Promise<never>): Provider {
  let asked = 0;
  const started = { version: '1.2', url: `server://${name}`, stop: async () => {} };
  return {
    name,
    probe: async () => probes[Math.min(asked++, probes.length - 1)] as Probe,
    start: start ?? (async () => started),
  };
}

function obtainable(obtain: () => Promise<void> = async () => {}, asks = false): Probe {
  return { status: 'obtainable', command: 'get server', asks, obtain };
}

const server = (...providers: Provider[]): ComponentDefinition => ({ name: 'server', providers });
const fresh = () => ({ ...context, said: [] as string[], say: vi.fn<(line: string) => void>() });

test('the first provider that can serve does', async () => {
  const definition = server(provider('url', [ABSENT]), provider('path', [READY]), provider('apt', [READY]));
  expect(await startComponent(definition, context)).toMatchObject({
    status: 'started',
    name: 'server',
    provider: 'path',
    version: '1.2',
    url: 'server://path',
  });
});

test('one that fails to start gives way, and its reason is told and kept, without its secrets', async () => {
  const failing = () => Promise.reject(new Error('server://u:secret@host\nrefused'));
  const own = fresh();
  const definition = server(provider('path', [READY], failing), provider('apt', [ABSENT]));
  expect(await startComponent(definition, own)).toEqual({
    status: 'missing',
    name: 'server',
    reason:
      'No provider of server can serve (path: /usr/bin/server did not start: server://u:[redacted]@host refused; ' +
      'apt: it is not there).',
  });
  expect(own.say.mock.calls).toEqual([
    ['server: path cannot serve: /usr/bin/server did not start: server://u:[redacted]@host refused'],
  ]);
});

test('what can be obtained is, after its exact command was said, and the provider is asked again', async () => {
  const own = fresh();
  const obtain = vi.fn(async () => {
    expect(own.say.mock.calls).toEqual([['server: get server']]);
  });
  const started = await startComponent(server(provider('wheel', [obtainable(obtain), READY])), own);
  expect(started).toMatchObject({ status: 'started', provider: 'wheel' });
  expect(obtain).toHaveBeenCalledOnce();
});

test.each([
  ['it fails', [obtainable(() => Promise.reject(new Error('no network')))], '`get server` failed: no network'],
  ['it brings nothing', [obtainable()], '`get server` ran and yet the server is not there'],
  ['it brings what does not run', [obtainable(), ABSENT], 'it is not there'],
])('obtaining: %s', async (_, probes, reason) => {
  expect(await startComponent(server(provider('wheel', probes)), fresh())).toMatchObject({
    status: 'missing',
    reason: `No provider of server can serve (wheel: ${reason}).`,
    command: 'get server',
  });
});

test('nothing is obtained when that is forbidden, and the command is given', async () => {
  const obtain = vi.fn(async () => {});
  const definition = server(provider('wheel', [obtainable(obtain)]));
  expect(await startComponent(definition, { ...fresh(), provision: false })).toMatchObject({
    status: 'missing',
    command: 'get server',
  });
  expect(obtain).not.toHaveBeenCalled();
});

test('what changes the system is asked for by its command; a no is a no', async () => {
  const obtain = vi.fn(async () => {});
  const confirm = vi.fn(async () => false);
  const definition = server(provider('apt', [obtainable(obtain, true), READY]));
  expect(await startComponent(definition, { ...fresh(), confirm })).toMatchObject({ status: 'missing' });
  expect(confirm).toHaveBeenCalledWith('get server');
  expect(obtain).not.toHaveBeenCalled();
  confirm.mockResolvedValue(true);
  const again = server(provider('apt', [obtainable(obtain, true), READY]));
  expect(await startComponent(again, { ...fresh(), confirm })).toMatchObject({ status: 'started' });
});

test('a forced provider is the only one tried; one that does not exist is an error with the valid names', async () => {
  const definition = server(provider('url', [READY]), provider('path', [ABSENT]));
  expect(await startComponent(definition, { ...context, forced: 'path' })).toMatchObject({
    status: 'missing',
    reason: 'No provider of server can serve (path: it is not there).',
  });
  for (const use of [startComponent, diagnoseComponent]) {
    await expect(use(definition, { ...context, forced: 'brew' })).rejects.toMatchObject({
      code: 'UNKNOWN_PROVIDER',
      message: 'server has no provider "brew"; it has url, path',
    });
  }
});

test('a probe that throws is an unavailable provider; an interruption is an interruption', async () => {
  const throwing: Provider = { ...provider('path', []), probe: () => Promise.reject(new Error('broken')) };
  expect(await startComponent(server(throwing), context)).toMatchObject({
    reason: 'No provider of server can serve (path: broken).',
  });
  const signal = AbortSignal.abort(new Error('Ctrl-C'));
  await expect(startComponent(server(throwing), { ...context, signal })).rejects.toThrow('Ctrl-C');
});

test('the diagnosis says who will serve, and obtains nothing', async () => {
  const obtain = vi.fn(async () => {});
  const definition = server(
    provider('url', [ABSENT]),
    provider('wheel', [obtainable(obtain)]),
    provider('apt', [READY]),
  );
  const diagnosis = await diagnoseComponent(definition, context);
  expect(diagnosis).toMatchObject({ servedBy: 'wheel', command: 'get server' });
  expect(diagnosis.text).toBe(
    [
      'server: obtained by the run, from wheel',
      '  url    unavailable: it is not there',
      '  wheel  obtainable: get server',
      '  apt    ready: 1.2, /usr/bin/server',
    ].join('\n'),
  );
  expect(await diagnoseComponent(definition, { ...context, provision: false })).toMatchObject({ servedBy: 'apt' });
  const missing = await diagnoseComponent(definition, { ...context, provision: false, forced: 'wheel' });
  expect(missing.servedBy).toBeUndefined();
  expect(missing.text).toContain('server: missing; get it by: get server');
  expect(obtain).not.toHaveBeenCalled();
});

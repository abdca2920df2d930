import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../processes/free-port.ts';
import { Engine, findEngine } from './engine.ts';

/** An engine that answers like this. */
async function engineThat(answers: RequestListener): Promise<Engine> {
  const server = createServer(answers);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new Engine(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

const engineOf = (info: object) => engineThat((_, response) => void response.end(JSON.stringify(info)));

test.each(['unix:///var/run/docker.sock', 'tcp://127.0.0.1:2375', 'tcp://localhost:2375', 'tcp://[::1]:2375'])(
  '%s is of this machine',
  (address) => {
    expect(findEngine({ DOCKER_HOST: address }).address).toBe(address);
  },
);

test.each(['unix://', 'tcp://128.0.0.1:2375', 'tcp://localhost.example:2375', 'ssh://host', 'docker'])(
  '%s is refused',
  (address) => {
    expect(() => findEngine({ DOCKER_HOST: address })).toThrow(
      expect.objectContaining({ code: 'ENGINE_ELSEWHERE', message: expect.stringContaining('tcp://127.0.0.1:') }),
    );
  },
);

test('a password in the address is not told', () => {
  expect(() => findEngine({ DOCKER_HOST: 'ssh://me:hunter2@host' })).toThrow(/^DOCKER_HOST is ssh:\/\/host:/);
});

test('an engine that says nothing is given up in time; one that is not there, at once', async () => {
  const silent = await engineThat(() => {});
  await expect(silent.ask('GET', '/info', { timeout_ms: 50 })).rejects.toMatchObject({
    code: 'ENGINE_SILENT',
    message: `the Docker engine at ${silent.address} did not answer within 50 ms`,
  });
  const absent = new Engine(`tcp://127.0.0.1:${await freePort()}`);
  await expect(absent.facts()).rejects.toMatchObject({
    code: 'ENGINE_SILENT',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('half an answer is none, and so is one without end', async () => {
  const half = await engineThat((_, response) => {
    response.write('{"ServerVersion":');
    response.destroy();
  });
  await expect(half.facts()).rejects.toMatchObject({ code: 'ENGINE_SILENT' });
  const endless = await engineThat((_, response) => {
    const write = () => void response.write(Buffer.alloc(65_536, ' '));
    response.on('drain', write);
    write();
  });
  await expect(endless.facts()).rejects.toThrow(/longer than 4194304 bytes/);
});

test('a no is told with what the engine says, unless it is an answer', async () => {
  const engine = await engineThat((_, response) => {
    response.writeHead(404).end('{"message":"no such thing"}');
  });
  await expect(engine.ask('POST', '/x')).rejects.toMatchObject({
    code: 'ENGINE_REFUSED',
    message: `the Docker engine at ${engine.address} answered POST /x with 404: no such thing`,
  });
  expect(await engine.ask('POST', '/x', { accept: [404] })).toMatchObject({ status: 404 });
  expect(await engine.hasImage('x')).toBe(false);
});

test.each([
  ['of this machine', {}, process.platform === 'linux'],
  ['without root', { SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'] }, false],
  ['of Docker Desktop', { OperatingSystem: 'Docker Desktop' }, false],
])('an engine %s: whether it shares process ids', async (_, info, sharesProcesses) => {
  const engine = await engineOf({ ServerVersion: '28.2.2', OSType: 'linux', ...info });
  expect(await engine.facts()).toEqual({ version: '28.2.2', sharesProcesses });
});

test.each([{ ServerVersion: '28.2.2', OSType: 'windows' }, { OSType: 'linux' }, {}])(
  'what has no Linux containers is no engine for us: %j',
  async (info) => {
    await expect((await engineOf(info)).facts()).rejects.toThrow(/expected an engine of Linux containers/);
  },
);

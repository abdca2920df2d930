import { expect, test } from 'vitest';
import { ProcessError } from '../processes/run-process.ts';
import { startOnFreePort } from './free-port-start.ts';

/** Fails with this as the server's last line until the port is the last of these; says which ports were tried. */
async function tryPorts(lastLine: string, ports: readonly number[]): Promise<readonly number[]> {
  const tried: number[] = [];
  const start = async (port: number) => {
    tried.push(port);
    if (port !== ports.at(-1)) throw new ProcessError('PROCESS_EXITED', 'the server ended', [lastLine]);
  };
  await startOnFreePort(start, async () => ports[tried.length] as number).catch(() => {});
  return tried;
}

test.each([
  'bind: Address already in use',
  'listen tcp4 127.0.0.1:1: bind: address already in use',
  'Bind for 127.0.0.1:1 failed: port is already allocated',
])('a port that another took is given up for the next: %s', async (line) => {
  expect(await tryPorts(line, [1, 2, 3])).toEqual([1, 2, 3]);
});

test('five ports are tried and no sixth; any other trouble is not tried again', async () => {
  expect(await tryPorts('address already in use', [1, 2, 3, 4, 5, 6])).toEqual([1, 2, 3, 4, 5]);
  expect(await tryPorts('no space left on device', [1, 2])).toEqual([1]);
});

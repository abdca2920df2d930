/**
 * A server in a container, as a process of this machine: it runs as long as this process, its lines are this process's
 * lines, and whoever ends this process removes it. So the reaper looks after containers as after every other process;
 * Testcontainers' own reaper, Ryuk, would be one more image to pull and is off.
 * A container whose process here was killed outright is removed by the next one that starts: a label names the owner.
 *
 * usage: node container-child.ts <ContainerSpec as JSON>; SIGTERM ends it, SIGUSR2 starts a server that was killed
 * again, on the same port and with its data. CONTAINER_PASSWORD is PASSWORD in the container.
 */
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';
import { ownersHere, stateOfOwner, thisOwner } from '../../processes/owner.ts';
import { describeError } from '../../processes/wait.ts';
import { type ContainerSpec, OWNER_LABEL } from './container.ts';

const REMOVED_ALREADY = [404, 409];
/** How long the last lines of a server that has ended may be on their way here. */
const LAST_WORDS_MS = 2_000;

const spec = JSON.parse(process.argv[2] ?? '{}') as ContainerSpec;
const { container: client } = await getContainerRuntimeClient();
const docker = client.dockerode;
const container = docker.getContainer(spec.name);
let serves = false;
let isEnding = false;
/** That it ended, once all it said has been heard here. */
let firstEnd: Promise<Error> | undefined;

/** Published on 127.0.0.1 alone: Testcontainers itself publishes on every address of the machine. */
class LoopbackContainer extends GenericContainer {
  constructor() {
    super(spec.image);
    this.withName(spec.name)
      .withLabels({ [OWNER_LABEL]: thisOwner() })
      .withUser(spec.user)
      .withEntrypoint(['/bin/sh', '-c', spec.script, 'sh'])
      .withCommand([...spec.args])
      .withEnvironment({ PASSWORD: process.env.CONTAINER_PASSWORD ?? '', LC_ALL: 'C', TZ: 'UTC' })
      .withExposedPorts({ container: spec.port, host: spec.hostPort })
      .withDroppedCapabilities('ALL')
      .withSecurityOpt('no-new-privileges')
      .withAutoCleanup(false)
      .withWaitStrategy(Wait.forLogMessage(new RegExp(spec.readyLine, 'i')))
      .withStartupTimeout(spec.timeout_ms);
    // A volume, since a container's own layer is slow to write; it goes with the container.
    this.hostConfig.Mounts = [{ Type: 'volume', Source: '', Target: spec.folder }];
    // Its processes then have numbers that /proc of this machine knows.
    if (spec.sharesProcesses) this.hostConfig.PidMode = 'host';
    for (const bindings of Object.values(this.hostConfig.PortBindings ?? {}) as { HostIp?: string }[][])
      for (const binding of bindings) binding.HostIp = '127.0.0.1';
  }

  protected override async containerCreated(): Promise<void> {
    const { heard } = await listen();
    const ended: Promise<{ StatusCode: number }> = container.wait({ condition: 'next-exit' });
    const early = ended.then(({ StatusCode }) => new Error(`it ended with exit code ${StatusCode} before it served`));
    firstEnd = Promise.all([early, heard]).then(([error]) => error);
    firstEnd.catch(() => {}); // `early` tells.
    // Testcontainers would look for the ports of a server that ended at once for another ten seconds.
    early.then(failStart, fail);
  }
}

/**
 * What the server says from now on is said here; asked for before it starts, so that no line is missed.
 * `heard` resolves when the server can say no more; it stands in an object, or waiting for this would wait for it.
 */
async function listen(): Promise<{ readonly heard: Promise<void> }> {
  const stream = await container.attach({ stream: true, stdout: true, stderr: true });
  docker.modem.demuxStream(stream, process.stdout, process.stderr);
  // One that breaks off is over too.
  return { heard: finished(stream, { writable: false }).catch(() => {}) };
}

async function removeContainer(name: string): Promise<void> {
  try {
    await docker.getContainer(name).remove({ force: true, v: true });
  } catch (error) {
    if (!REMOVED_ALREADY.includes((error as { statusCode?: number }).statusCode ?? 0)) throw error;
  }
}

/** Removes the containers whose process was of this machine and is dead. */
async function sweep(): Promise<void> {
  const ours = await docker.listContainers({ all: true, filters: { label: [OWNER_LABEL] } });
  const dead = ours.filter(({ Labels }) => {
    const owner = Labels[OWNER_LABEL] ?? '';
    return owner.startsWith(ownersHere()) && stateOfOwner(owner) === 'dead';
  });
  await Promise.all(dead.map(({ Id }) => removeContainer(Id)));
}

async function startAgain(): Promise<void> {
  await listen();
  await container.start();
}

/** Once and then again when nothing is being started any more: whichever way the two crossed, it is gone. */
async function end(code: number): Promise<void> {
  isEnding = true;
  await removeContainer(spec.name);
  await starting.catch(() => {});
  await removeContainer(spec.name);
  process.exit(code);
}

/** That a server ended, what it said last, and what Testcontainers makes of it come by connections of their own. */
async function failStart(error: unknown): Promise<void> {
  if (serves) return;
  await fail((await Promise.race([firstEnd?.catch(() => undefined), delay(LAST_WORDS_MS)])) ?? error);
}

async function fail(error: unknown): Promise<void> {
  if (isEnding) return; // It is the end that made it fail.
  process.stderr.write(`the container ${spec.name} of ${spec.image} failed: ${describeError(error)}\n`);
  await end(1).catch(() => process.exit(1));
}

const starting = sweep().then(() => new LoopbackContainer().start());
process.on('SIGTERM', () => void end(0).catch(() => process.exit(1)));
process.on('SIGUSR2', () => void startAgain().catch(fail));
// The engine's connections alone would let this process end with the first of them.
setInterval(() => {}, 2 ** 30);
starting.then(() => {
  serves = true;
  process.stdout.write(`the container ${spec.name} serves\n`);
}, failStart);

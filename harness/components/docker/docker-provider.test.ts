import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ComponentDefinition, Provider } from '../component.ts';
import { diagnoseComponent } from '../diagnose.ts';
import { postgres } from '../postgres/postgres.ts';
import { redis } from '../redis/redis.ts';
import { startComponent } from '../start-component.ts';
import { environmentWith, type TestContext, testContext } from '../test-context.ts';
import { dockerProvider } from './docker-provider.ts';
import { type StandInEngine, standInEngine } from './stand-in-engine.fixture.ts';

const IMAGE = `acme/hub:1.2@sha256:${'ab'.repeat(32)}`;

let context: TestContext;
let stand: StandInEngine;
/** The images that the engine has: a line each. */
let images: string;

beforeAll(async () => {
  context = await testContext();
  images = join(context.folder, 'images');
  const hasImage = (image: string) => existsSync(images) && readFileSync(images, 'utf8').split('\n').includes(image);
  stand = await standInEngine({ folder: context.folder, hasImage });
});

beforeEach(() => rmSync(images, { force: true }));

afterAll(async () => {
  await context.close();
  await stand.close();
});

const hub: ComponentDefinition = {
  name: 'hub',
  providers: [
    dockerProvider({
      variable: 'HUB',
      image: IMAGE,
      start: async (_, { image, facts }) => ({ version: facts.version, url: `hub://${image}`, stop: async () => {} }),
    }),
  ],
};

/** With a `docker` that says what it was asked and brings the image. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const docker = `echo "$DOCKER_HOST $*" >> ${images}.asked; for image; do :; done; echo "$image" >> ${images}`;
  return { ...environmentWith(context.folder, { docker }), DOCKER_HOST: stand.address, ...more };
}

const commandFor = (image: string) => `env DOCKER_HOST=${stand.address} docker pull --quiet ${image}`;

test('an engine that has the image serves, and nothing is pulled', async () => {
  writeFileSync(images, IMAGE);
  const env = environment();
  expect(await diagnoseComponent(hub, { ...context, env })).toMatchObject({
    servedBy: 'docker',
    text: `hub: 1.2, from docker\n  docker  ready: 1.2, ${IMAGE} on the Docker engine 1.2.3 at ${stand.address}`,
  });
  const started = await startComponent(hub, { ...context, env, provision: false });
  expect(started).toMatchObject({ status: 'started', provider: 'docker', url: `hub://${IMAGE}` });
  expect(existsSync(`${images}.asked`)).toBe(false);
});

test('an image that is missing is pulled by the very command that was told', async () => {
  const said: string[] = [];
  const started = await startComponent(hub, { ...context, env: environment(), say: (line) => said.push(line) });
  expect(started).toMatchObject({ status: 'started', url: `hub://${IMAGE}` });
  expect(said).toEqual([`hub: ${commandFor(IMAGE)}`]);
  expect(readFileSync(`${images}.asked`, 'utf8')).toBe(`${stand.address} pull --quiet ${IMAGE}\n`);
  rmSync(`${images}.asked`);
});

test('--no-provision pulls nothing and gives the command', async () => {
  expect(await startComponent(hub, { ...context, env: environment(), provision: false })).toEqual({
    status: 'missing',
    name: 'hub',
    reason: 'No provider of hub can serve (docker: obtaining it is forbidden).',
    command: commandFor(IMAGE),
  });
  expect(existsSync(`${images}.asked`)).toBe(false);
});

test('a pull that fails is told with its last words', async () => {
  const { PATH } = environmentWith(context.folder, { docker: 'echo "no such host" >&2; exit 1' });
  const env = environment({ PATH });
  expect(await startComponent(hub, { ...context, env })).toMatchObject({
    status: 'missing',
    reason: expect.stringContaining('docker pull ended with exit code 1; its last lines: no such host'),
  });
});

test('without a docker to pull with, no command is given that could not run', async () => {
  const env = { ...environmentWith(context.folder, {}), DOCKER_HOST: stand.address };
  const reason = `the Docker engine at ${stand.address} has no image ${IMAGE}, and no docker is on PATH to pull it`;
  expect(await startComponent(hub, { ...context, env })).toEqual({
    status: 'missing',
    name: 'hub',
    reason: `No provider of hub can serve (docker: ${reason}).`,
  });
});

test('another image may be named, and what is no name is refused before anything is asked', async () => {
  writeFileSync(images, 'mirror.example:5000/acme/hub:1.2');
  const named = (image: string) => ({ ...context, env: environment({ TEST_HUB_IMAGE: image }) });
  expect(await startComponent(hub, named('mirror.example:5000/acme/hub:1.2'))).toMatchObject({
    url: 'hub://mirror.example:5000/acme/hub:1.2',
  });
  for (const image of ['--privileged', 'a b', '../containers', 'hub@sha256:ab', 'hub?x=1'])
    expect(await startComponent(hub, named(image))).toMatchObject({
      status: 'missing',
      reason: expect.stringContaining(
        `TEST_HUB_IMAGE is ${JSON.stringify(image)}, and the name of an image was expected`,
      ),
    });
});

test('where no engine is the reason names the places that were looked at', async () => {
  const env = { ...environment(), DOCKER_HOST: `unix://${context.folder}/nobody.sock` };
  expect(await startComponent(hub, { ...context, env })).toMatchObject({
    reason: expect.stringMatching(/nobody\.sock gave no answer: .*ENOENT/),
  });
});

const names = ({ providers }: ComponentDefinition) => providers.map(({ name }) => name);

test('containers come after what is on the machine, and before its package manager', () => {
  expect(names(postgres)).toEqual(['url', 'embedded', 'path', 'docker', 'apt']);
  expect(names(redis)).toEqual(['url', 'path', 'wheel', 'docker', 'apt']);
});

/** With an engine on this machine it serves (or says what to pull); without one it says why not. Both are looked at for real. */
test.each([
  ['postgres', postgres],
  ['redis', redis],
])('%s: the engine of this machine serves, or it is said why not', async (name, definition) => {
  const context_ = { ...context, envPrefix: 'ACME', forced: 'docker', provision: false };
  const provider = definition.providers.find((one) => one.name === 'docker') as Provider;
  const probe = await provider.probe(context_);
  const outcome = await startComponent(definition, context_);
  if (probe.status === 'ready') {
    expect(outcome).toMatchObject({
      status: 'started',
      provider: 'docker',
      url: expect.stringContaining(`${name}://`),
    });
    if (outcome.status === 'started') await outcome.stop();
  } else {
    const why = probe.status === 'obtainable' ? 'obtaining it is forbidden' : probe.reason;
    expect(outcome).toMatchObject({ status: 'missing', reason: `No provider of ${name} can serve (docker: ${why}).` });
  }
});

/** A headless Chromium of the caller's own, driven over the DevTools protocol, with a profile that goes when it ends. */
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import type { ReaperConnection } from '../../processes/reaper.ts';
import { startProcess } from '../../processes/run-process.ts';
import { programAt } from './program.ts';

/** Long, for a machine that is busy. */
const START_MS = 30_000;

/** Nothing is asked of the network that no page asked for, and nothing of the desktop. */
const FLAGS = [
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-sync',
  '--no-default-browser-check',
  '--no-first-run',
  '--disable-dev-shm-usage', // /dev/shm of a container holds 64 MiB
  '--remote-debugging-address=127.0.0.1',
  '--remote-debugging-port=0',
  '--window-size=1280,900',
];

export interface BrowserOptions {
  /** Of the component `chromium`. */
  readonly url: string;
  /** What messages and its log call it. */
  readonly name: string;
  readonly reaper: ReaperConnection;
  readonly logFolder: string;
  /** Where its profile is made. @default the system's temporary folder */
  readonly profiles?: string;
}

export interface StartedBrowser {
  readonly browser: Browser;
  readonly version: string;
  /** Ends it and removes its profile. May be called again. */
  stop(): Promise<void>;
}

/** Nothing of it is left when it fails. Throws ProcessError, ReaperError, and what Playwright throws. */
export async function startBrowser(options: BrowserOptions): Promise<StartedBrowser> {
  const { url, name, reaper, logFolder, profiles = tmpdir() } = options;
  await using undo = new AsyncDisposableStack();
  const profile = await reaper.makeFolder(join(profiles, 'harness-chromium-'));
  undo.defer(async () => {
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    await reaper.releaseFolder(profile);
  });
  const running = await startProcess({
    name,
    command: programAt(url),
    // Chromium's sandbox refuses to run as root.
    args: [
      ...FLAGS,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    env: { PATH: process.env.PATH, HOME: profile, TMPDIR: profile, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    reaper,
    logFile: join(logFolder, `${name}.log`),
  });
  undo.defer(() => running.stop());
  const waitingFor = `${name} to listen`;
  const [, endpoint = ''] = await running.waitForLine(/DevTools listening on (ws:\/\/127\.0\.0\.1:\d+\/\S+)/, {
    waitingFor,
    timeout_ms: START_MS,
  });
  const browser = await chromium.connectOverCDP(endpoint, { timeout: START_MS, noDefaults: true });
  undo.defer(() => browser.close());
  const whole = undo.move();
  return { browser, version: browser.version(), stop: () => whole.disposeAsync() };
}

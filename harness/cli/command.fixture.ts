/** Runs the real command on the small product, in a place of its own, and looks at what it leaves behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Arm } from '../schema/entry.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
export const SMALL = join(import.meta.dirname, 'small-product/small.config.ts');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A place with a reports folder and a temporary folder of its own. */
export class Place {
  readonly #folder = mkdtempSync(join(tmpdir(), 'c-'));
  readonly output = join(this.#folder, 'reports');
  readonly temporary = mkdtempSync(join(this.#folder, 't-'));
  readonly #mark = randomUUID();
  /** For every process started here: a temporary folder of its own, and a mark by which one that is left can be found. */
  readonly environment = { TMPDIR: this.temporary, PLACE: this.#mark, NO_COLOR: '1' };

  constructor() {
    onTestFinished(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  /** Starts a command of the harness; `environment` is added to this process's. */
  start(
    args: readonly string[],
    environment: Record<string, string> = {},
  ): { child: ChildProcess; ended: Promise<Ended>; until(text: string): Promise<void> } {
    const child = spawn(process.execPath, [MAIN, ...args, '--output', this.output], {
      env: { ...withoutVitest(process.env), ...this.environment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    const heard = new Set<() => void>();
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      for (const listener of heard) listener();
    });
    const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }));
    const until = (text: string) =>
      new Promise<void>((resolve, reject) => {
        const listen = () => {
          if (!stderr.includes(text)) return;
          heard.delete(listen);
          resolve();
        };
        heard.add(listen);
        listen();
        void ended.then(() => reject(new Error(`the command ended before it said "${text}":\n${stderr}`)));
      });
    return { child, ended, until };
  }

  run(args: readonly string[], environment?: Record<string, string>): Promise<Ended> {
    return this.start(args, environment).ended;
  }

  /** A product whose first check does `body`, in a file that begins with `top`. @returns its composition root */
  product(body: string, top = '', arms: readonly Arm[] = ['candidate']): string {
    const folder = mkdtempSync(join(this.#folder, 'p-'));
    const config = join(folder, 'regression.config.ts');
    const check = `${top}
      import { check } from ${JSON.stringify(join(import.meta.dirname, '../checks/check.ts'))};
      import { setTimeout as wait } from 'node:timers/promises';
      check('p/check', { lane: 'functional', facts: ['ok'], measures: { m: 'ms' }, arms: ${JSON.stringify(arms)} }, async ({ arm, fact, observe }) => {
        fact('ok', true);
        ${body}
      });
      // Keeps the worker going, so that what the first check left behind comes about.
      check('p/after', { lane: 'functional', facts: ['ok'], arms: ['candidate'] }, async ({ fact }) => {
        await wait(200);
        fact('ok', true);
      });`;
    writeFileSync(join(folder, 'a.check.ts'), check);
    writeFileSync(join(folder, 'promises.ts'), 'export default {};');
    const profile = { budget_ms: 20_000 };
    const product = {
      product: 'P',
      releases: { known: ['v1', 'v2'], default: { baseline: 'v1', candidate: 'v2' } },
      suites: [{ id: 'p', title: 'P', folder: '.' }],
      components: {},
      profiles: { smoke: profile, standard: profile, nightly: profile },
      envPrefix: 'P',
    };
    writeFileSync(config, `export default ${JSON.stringify(product)};`);
    return config;
  }

  read(file: string): string {
    return readFileSync(join(this.output, 'latest', file), 'utf8');
  }

  /** Processes started from here that still run, and what lies in the temporary folder. */
  leftovers(): string[] {
    const processes = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && this.#isMarked(pid));
    return [...processes.map((pid) => `process ${pid}: ${commandOf(pid)}`), ...readdirSync(this.temporary)];
  }

  #isMarked(pid: string): boolean {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(this.#mark);
    } catch {
      return false;
    }
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '(ended)';
  }
}

/** Vitest marks its workers' environment; a Vitest started from there would take itself for one. */
export function withoutVitest(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const taken = ['CI', 'NODE_OPTIONS', 'FORCE_COLOR', 'NODE_ENV', 'TEST', 'MODE', 'PROD', 'DEV', 'BASE_URL', 'SSR'];
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !name.startsWith('VITEST') && !name.startsWith('npm_') && !taken.includes(name),
    ),
  );
}

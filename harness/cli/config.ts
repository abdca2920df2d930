/** The composition root's shape, and how the CLI finds it. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Suite } from '../checks/discover.ts';
import type { ComponentDefinition } from '../components/component.ts';
import type { Arm } from '../schema/entry.ts';
import type { Profile } from '../schema/promise.ts';
import { UsageError } from './usage-error.ts';

/** Everything the harness must know of a product to judge it. */
export interface Config {
  /** The product's name, as reports show it. */
  readonly product: string;
  readonly releases: {
    /** Every release that can be booted. */
    readonly known: readonly string[];
    /** Who plays which arm unless told otherwise. */
    readonly default: Readonly<Record<Arm, string>>;
  };
  readonly suites: readonly Suite[];
  /** By the name stacks ask for. */
  readonly components: Readonly<Record<string, ComponentDefinition>>;
  /** By name: programs that benchmarks run, and checks where they can be had. `doctor` tells of them. @default none */
  readonly tools?: Readonly<Record<string, ComponentDefinition>>;
  /** How long each profile may take, provisioning not counted; twice this is the hard deadline. */
  readonly profiles: Readonly<Record<Profile, { readonly budget_ms: number }>>;
  /** `ACME`: the address of a component is read from `ACME_POSTGRES_URL`. */
  readonly envPrefix: string;
}

export interface LoadedConfig extends Config {
  /** The folder of the composition root; suites' folders are relative to it. */
  readonly root: string;
}

/** Types a composition root. */
export function defineConfig(config: Config): Config {
  return config;
}

async function importConfig(path: string): Promise<{ default?: Config }> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    throw new UsageError(`${path} cannot be loaded as a composition root: ${(cause as Error).message}`);
  }
}

/** @throws UsageError when there is no such file, it cannot be loaded, or it has no default export */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  const path = resolve(file);
  if (!existsSync(path))
    throw new UsageError(
      `no composition root at ${path}: run from the project's folder, or name one with --config FILE`,
    );
  const { default: config } = await importConfig(path);
  if (config === undefined) throw new UsageError(`${path} has no default export: export default defineConfig({ … })`);
  return { ...config, root: dirname(path) };
}

/** Who hears of a declared check: the discovery in the CLI, or the adapter in a Vitest worker. */
import type { CheckDefinition } from './check-definition.ts';

type Registrar = (definition: CheckDefinition) => void;

/** On the global object because the CLI and Vitest load this module each in their own module graph. */
const KEY = Symbol.for('harness.check-registrar');
const holder = globalThis as { [KEY]?: Registrar | undefined };

/** Sends every check declared from now on to `registrar`. */
export function setRegistrar(registrar: Registrar | undefined): void {
  holder[KEY] = registrar;
}

/** @throws Error when a check file is run by itself */
export function register(definition: CheckDefinition): void {
  const registrar = holder[KEY];
  if (registrar === undefined) {
    throw new Error(
      `check "${definition.id}" was declared outside of a run: start it with npm run regression -- --check ${definition.id}`,
    );
  }
  registrar(definition);
}

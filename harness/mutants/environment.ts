/** How a change reaches a service process: by its environment, which goes on to whatever it starts. */
import type { Change } from './change.ts';

export const CHANGE_VARIABLE = 'HARNESS_CHANGE';

/** What to add to the environment of every Node process that is to run with the change. */
export function environmentOf(change: Change): Record<string, string> {
  const hook = new URL('node-hook.ts', import.meta.url).href;
  return { [CHANGE_VARIABLE]: JSON.stringify(change), NODE_OPTIONS: `--import ${hook}` };
}

/** The change that an environment made by `environmentOf` carries, for whoever loads the product in another way than Node. */
export function changeIn(environment: NodeJS.ProcessEnv): Change | undefined {
  const text = environment[CHANGE_VARIABLE];
  return text === undefined ? undefined : (JSON.parse(text) as Change);
}

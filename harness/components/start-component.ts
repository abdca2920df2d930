/** Starts a component by the first provider that can serve, obtaining it when that is allowed. */
import { ask, providersToTry, reasonOf } from './choose.ts';
import type {
  ComponentContext,
  ComponentDefinition,
  MissingComponent,
  Obtainable,
  Provider,
  StartedComponent,
} from './component.ts';

interface Refusal {
  readonly reason: string;
  readonly command?: string | undefined;
  /** Whether the user expects this provider to serve, and so hears at once that it does not. */
  readonly isSurprising: boolean;
}

/**
 * Tries the providers in order. One that cannot serve, or fails to start, gives way to the next, and its reason is
 * kept; when none is left the component is `missing`, with all reasons and the command that would get it.
 * Before anything is obtained the exact command is said; with `provision: false` nothing is.
 * Throws UnknownProviderError, and the signal's reason when it is aborted.
 */
export async function startComponent(
  definition: ComponentDefinition,
  context: ComponentContext,
): Promise<StartedComponent | MissingComponent> {
  const refusals: (Refusal & { readonly provider: string })[] = [];
  for (const provider of providersToTry(definition, context.forced)) {
    const outcome = await tryProvider(definition.name, provider, context);
    if ('url' in outcome) return { status: 'started', name: definition.name, provider: provider.name, ...outcome };
    if (outcome.isSurprising) context.say(`${definition.name}: ${provider.name} cannot serve: ${outcome.reason}`);
    refusals.push({ provider: provider.name, ...outcome });
  }
  const reasons = refusals.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
  const command = refusals.find((refusal) => refusal.command !== undefined)?.command;
  return {
    status: 'missing',
    name: definition.name,
    reason: `No provider of ${definition.name} can serve (${reasons}).`,
    ...(command === undefined ? {} : { command }),
  };
}

async function tryProvider(name: string, provider: Provider, context: ComponentContext) {
  let probe = await ask(provider, context);
  let command: string | undefined;
  if (probe.status === 'obtainable') {
    command = probe.command;
    const refusal = await obtain(name, probe, context);
    if (refusal) return refusal;
    probe = await ask(provider, context);
    if (probe.status === 'obtainable') {
      return { reason: `\`${command}\` ran and yet the server is not there`, command, isSurprising: true };
    }
  }
  if (probe.status === 'unavailable') {
    const isSurprising = command !== undefined || probe.wasAskedFor === true;
    return { reason: probe.reason, command: probe.command ?? command, isSurprising };
  }
  try {
    return await provider.start(context);
  } catch (error) {
    context.signal?.throwIfAborted();
    return { reason: `${probe.detail} did not start: ${reasonOf(error)}`, isSurprising: true };
  }
}

async function obtain(name: string, probe: Obtainable, context: ComponentContext): Promise<Refusal | undefined> {
  const { command, asks } = probe;
  if (!context.provision) return { reason: 'obtaining it is forbidden', command, isSurprising: false };
  context.say(`${name}: ${command}`);
  if (asks && !(await context.confirm(command))) {
    return { reason: 'running the command was declined', command, isSurprising: false };
  }
  try {
    await probe.obtain(context);
    return undefined;
  } catch (error) {
    context.signal?.throwIfAborted();
    return { reason: `\`${command}\` failed: ${reasonOf(error)}`, command, isSurprising: true };
  }
}

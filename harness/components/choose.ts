/** Which providers are tried, and what each says when asked. */
import { redactor } from '../processes/redaction.ts';
import { describeError } from '../processes/wait.ts';
import type { ComponentDefinition, Probe, ProbeContext, Provider } from './component.ts';

/** A provider was forced that the component does not have. */
export class UnknownProviderError extends Error {
  readonly code = 'UNKNOWN_PROVIDER';
  override readonly name = 'UnknownProviderError';
}

const redact = redactor();

/** The providers to try in order: all, or the forced one. Throws UnknownProviderError. */
export function providersToTry(definition: ComponentDefinition, forced: string | undefined): readonly Provider[] {
  if (forced === undefined) return definition.providers;
  const chosen = definition.providers.filter((provider) => provider.name === forced);
  if (chosen.length > 0) return chosen;
  const valid = definition.providers.map((provider) => provider.name).join(', ');
  throw new UnknownProviderError(`${definition.name} has no provider "${forced}"; it has ${valid}`);
}

/** What went wrong, on one line, without secrets: it ends up in reports. */
export function reasonOf(error: unknown): string {
  return redact(describeError(error).replaceAll(/\s*\n\s*/g, ' '));
}

/** Asks a provider; one that fails to answer is unavailable for that reason. Throws the signal's reason when aborted. */
export async function ask(provider: Provider, context: ProbeContext): Promise<Probe> {
  context.signal?.throwIfAborted();
  try {
    return await provider.probe(context);
  } catch (error) {
    context.signal?.throwIfAborted();
    return { status: 'unavailable', reason: reasonOf(error) };
  }
}

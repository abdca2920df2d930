/** What `doctor` tells of a component: which provider will serve it, without starting or obtaining anything. */
import { ask, providersToTry } from './choose.ts';
import type { ComponentContext, ComponentDefinition, Probe, ProbeContext } from './component.ts';

/** What one provider said. */
export type ProviderDiagnosis =
  | { readonly provider: string; readonly status: 'ready'; readonly version: string; readonly detail: string }
  | { readonly provider: string; readonly status: 'obtainable'; readonly command: string; readonly asks: boolean }
  | { readonly provider: string; readonly status: 'unavailable'; readonly reason: string; readonly command?: string };

export interface Diagnosis {
  readonly name: string;
  /** The provider that a run would try first with success in view; absent: the component is missing. */
  readonly servedBy?: string;
  /** Of the server that will serve, where it is known before anything is obtained. */
  readonly version?: string;
  /** What gets the component: before the run when it is missing, in the run when it is obtainable. */
  readonly command?: string;
  readonly providers: readonly ProviderDiagnosis[];
  /** The same for people, some lines. */
  readonly text: string;
}

export type DiagnoseContext = ProbeContext & Pick<ComponentContext, 'provision' | 'forced'>;

/** Asks every provider (or the forced one) and says which will serve. Throws UnknownProviderError. */
export async function diagnoseComponent(definition: ComponentDefinition, context: DiagnoseContext): Promise<Diagnosis> {
  const providers = await Promise.all(
    providersToTry(definition, context.forced).map(async (provider) =>
      describeProbe(provider.name, await ask(provider, context)),
    ),
  );
  const serving = providers.find(({ status }) => status === 'ready' || (status === 'obtainable' && context.provision));
  const firstCommand = providers.flatMap((one) => ('command' in one ? (one.command ?? []) : []))[0];
  const command = serving === undefined ? firstCommand : serving.status === 'obtainable' ? serving.command : undefined;
  const diagnosis = {
    name: definition.name,
    ...(serving === undefined ? {} : { servedBy: serving.provider }),
    ...(serving?.status === 'ready' ? { version: serving.version } : {}),
    ...(command === undefined ? {} : { command }),
    providers,
  };
  return { ...diagnosis, text: textOf(diagnosis) };
}

function describeProbe(provider: string, probe: Probe): ProviderDiagnosis {
  switch (probe.status) {
    case 'ready':
      return { provider, status: 'ready', version: probe.version, detail: probe.detail };
    case 'obtainable':
      return { provider, status: 'obtainable', command: probe.command, asks: probe.asks };
    case 'unavailable': {
      const { reason, command } = probe;
      return { provider, status: 'unavailable', reason, ...(command === undefined ? {} : { command }) };
    }
  }
}

function textOf({ name, servedBy, version, command, providers }: Omit<Diagnosis, 'text'>): string {
  const width = Math.max(...providers.map(({ provider }) => provider.length));
  const head =
    servedBy === undefined
      ? `${name}: missing${command === undefined ? '' : `; get it by: ${command}`}`
      : `${name}: ${version ?? 'obtained by the run'}, from ${servedBy}`;
  return [head, ...providers.map((one) => `  ${one.provider.padEnd(width)}  ${lineOf(one)}`)].join('\n');
}

function lineOf(one: ProviderDiagnosis): string {
  switch (one.status) {
    case 'ready':
      return `ready: ${one.version}, ${one.detail}`;
    case 'obtainable':
      return `obtainable${one.asks ? ' (asks first)' : ''}: ${one.command}`;
    case 'unavailable':
      return `unavailable: ${one.reason}${one.command === undefined ? '' : `; ${one.command}`}`;
  }
}

/** A stack: components plus the product's services of one arm. The product defines them, the harness boots and hands them out. */
import type { ReaperConnection } from '../processes/reaper.ts';
import type { Arm } from '../schema/entry.ts';
import type { Profile } from '../schema/promise.ts';

/** What a stack is booted with. */
export interface BootContext {
  readonly arm: Arm;
  /** The release that plays this arm: `v1.0.1`. */
  readonly release: string;
  /** Addresses of the started components and tools, by name. */
  readonly components: Readonly<Record<string, { readonly url: string }>>;
  /** Every process a stack starts is registered here, so that none outlives the run. */
  readonly reaper: ReaperConnection;
  /** Where the services' logs go; kept as evidence. */
  readonly logFolder: string;
  /** What every service of the stack must have in its environment beside its own: how a planted change reaches it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names this instance in logs: `dashboard-candidate-0`. */
  readonly name: string;
}

export interface BootedStack<Services> {
  /** What checks talk to. */
  readonly services: Services;
  /** Brings the stack back to its state after boot; called between checks. A rejection makes the stack be replaced. */
  reset(): Promise<void>;
  /** Ends every service and gives back what it took of the components. */
  stop(): Promise<void>;
}

export interface StackDefinition<Services> {
  /** Kebab-case. */
  readonly id: string;
  /** Names of the components it needs, as in the composition root. */
  readonly components: readonly string[];
  /**
   * Tools that its checks use where they can be had, by their names in the composition root, and from which profile on:
   * `{ k6: 'nightly' }`. One that cannot be had is told and keeps no check from running. @default none
   */
  readonly tools?: Readonly<Record<string, Profile>>;
  boot(context: BootContext): Promise<BootedStack<Services>>;
}

/** `npm run prove`: puts the judgement itself to the proof. */
import { type ProveMutantsOptions, proveMutants } from './prove-mutants.ts';

export interface ProveOptions extends ProveMutantsOptions {
  readonly mutants?: boolean;
}

export async function prove(options: ProveOptions): Promise<number> {
  return proveMutants(options);
}

/** Whether the servers a service depends on answer: the substance of its readiness. */
import { setTimeout as wait } from 'node:timers/promises';

export type Dependency = () => Promise<unknown>;
export type DependencyState = 'up' | 'down';

/** Asks every dependency at the same time; one that fails or takes longer than `deadline_ms` is down. */
export async function askDependencies<Name extends string>(
  dependencies: Record<Name, Dependency>,
  deadline_ms = 1_000,
): Promise<Record<Name, DependencyState>> {
  const names = Object.keys(dependencies) as Name[];
  const states = await Promise.all(
    names.map(async (name): Promise<[Name, DependencyState]> => {
      const end = new AbortController();
      const late = wait(deadline_ms, 'down' as const, { signal: end.signal }).catch(() => 'down' as const);
      const answer = dependencies[name]().then(
        () => 'up' as const,
        () => 'down' as const,
      );
      const state = await Promise.race([answer, late]);
      end.abort();
      return [name, state];
    }),
  );
  return Object.fromEntries(states) as Record<Name, DependencyState>;
}

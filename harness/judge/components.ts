/** Which components a check went without, and how they are told in the provenance. */
import type { ComponentEntry } from '../schema/entry.ts';
import type { Run } from '../schema/run.ts';
import type { PlannedCheck } from '../schema/scope.ts';
import { byText } from './executions.ts';
import type { Problem } from './problem.ts';

/** A sentence for each component that a planned check needs and that did not serve, with the command that would get it. */
export function missingComponents(planned: PlannedCheck, components: readonly ComponentEntry[]): Problem[] {
  return [...planned.components].sort(byText).flatMap((name): Problem[] => {
    const lines = components.filter((component) => component.name === name);
    const missing = lines
      .filter((line) => line.status === 'missing')
      .map(tellMissing)
      .sort(byText)[0];
    if (missing !== undefined) {
      const cause = `${name} could not be had: ${missing}`;
      return [{ verdict: 'no-data', says: `${planned.id} did not run, because ${cause}`, cause }];
    }
    if (lines.length > 0) return [];
    return [{ verdict: 'no-data', says: `${planned.id} needs ${name}, and no line says that it was started` }];
  });
}

function tellMissing(component: Extract<ComponentEntry, { status: 'missing' }>): string {
  const reason = component.reason.replace(/\.$/, '');
  return component.command === undefined ? reason : `${reason}; \`${component.command}\` gets it`;
}

export function componentProvenance(components: readonly ComponentEntry[]): Run['provenance']['components'] {
  const told = components.map((component) =>
    component.status === 'started'
      ? { name: component.name, version: component.version, provider: component.provider }
      : { name: component.name, version: null, provider: null, missing: tellMissing(component) },
  );
  const distinct = new Map(told.map((component) => [JSON.stringify(component), component]));
  return [...distinct].sort(([a], [b]) => byText(a, b)).map(([, component]) => component);
}

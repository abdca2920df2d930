/** The faults in force on a connection, or on the proxy for the connections to come: one of a kind and direction. */
import { type ConnectionFault, directionsOf, type Heal, type StandingFault } from './fault.ts';

export class StandingFaults {
  readonly #faults = new Map<string, StandingFault>();

  /** Puts the fault in force, in place of the one of its kind and direction. A permanent one is not replaced by a passing one. */
  add(fault: StandingFault): void {
    for (const single of singleDirections(fault)) {
      const key = keyOf(single);
      const before = this.#faults.get(key);
      if (before?.kind === 'swallow' && before.permanent) continue;
      this.#faults.set(key, single);
    }
  }

  /** Takes away what the heal names and returns it. `permanentToo` is for the proxy's own: permanence is a connection's. */
  heal(heal: Heal, permanentToo = false): StandingFault[] {
    const healed: StandingFault[] = [];
    for (const [key, fault] of this.#faults) {
      if (heal.of && !heal.of.includes(fault.kind)) continue;
      if ('direction' in fault && heal.direction !== 'both' && fault.direction !== heal.direction) continue;
      if (fault.kind === 'swallow' && fault.permanent && !permanentToo) continue;
      this.#faults.delete(key);
      healed.push(fault);
    }
    return healed;
  }

  list(): StandingFault[] {
    return [...this.#faults.values()];
  }
}

function keyOf(fault: StandingFault): string {
  return 'direction' in fault ? `${fault.kind}/${fault.direction}` : fault.kind;
}

function singleDirections(fault: StandingFault): StandingFault[] {
  if (!('direction' in fault)) return [fault];
  return directionsOf(fault.direction).map((direction) => ({ ...fault, direction }) as ConnectionFault & StandingFault);
}

/**
 * The order in which Vitest is given check files: those that may take longest come first, so that none of them begins
 * when the others are done and is waited for alone (R. Graham, "Bounds on Multiprocessing Timing Anomalies", 1969).
 * Lanes are mixed: checks that mostly wait begin with hundreds of clients, and would hold each other up if all began at once.
 */
import { BaseSequencer, type TestSequencerConstructor, type TestSpecification } from 'vitest/node';
import type { DiscoveredCheck } from './discover.ts';

/** A sequencer of these checks' files. Groups of lanes keep their order; within one, lanes are mixed. */
export function longestFirst(checks: readonly DiscoveredCheck[]): TestSequencerConstructor {
  const byFile = Map.groupBy(checks, ({ file }) => file);
  const longest_ms = ({ moduleId }: TestSpecification) => longestOf(byFile.get(moduleId) ?? []);
  const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      return files.toSorted(
        (one, other) =>
          group(one) - group(other) ||
          longest_ms(other) - longest_ms(one) ||
          // Else the order would be that of Vitest's own search, which is none.
          one.moduleId.localeCompare(other.moduleId),
      );
    }
  };
}

/** By the deadlines of its executions, in ms: those of lane `waiting` are under way together, all others in turns. */
function longestOf(inFile: readonly DiscoveredCheck[]): number {
  // A file is of one lane.
  if (inFile[0]?.options.lane === 'waiting') return Math.max(...inFile.map(({ options }) => options.timeout_ms));
  return inFile.reduce((sum, { options }) => sum + options.timeout_ms * options.arms.length, 0);
}

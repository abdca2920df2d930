/** The result of a benchmark for people: a table a scenario, its contenders side by side, without the measures that none of them has. */
import { number } from '../reporters/quantity.ts';
import type { BenchmarkResult } from './result.ts';
import type { Median, Standing } from './standings.ts';

const DIGITS = 4;
const NOTHING = '–';

/** Every line ends in a line break. */
export function benchmarkTable(result: BenchmarkResult): string {
  const { title, rounds, machine, absent, failures, complete, seed, command } = result;
  const { cores, cpu, node, load_before, load_after } = machine;
  const scenarios = [...Map.groupBy(result.contenders, ({ scenario }) => scenario)];
  const lines = [
    title,
    `medians of ${rounds} interleaved rounds [95 % interval] × the ratio to the first in the same round [95 % interval]`,
    ...scenarios.flatMap(([scenario, contenders]) => {
      const isTaken = (index: number) => contenders.some(({ standings }) => standings[index]?.figure !== null);
      const measures = contenders[0]?.standings.map(({ measure }) => measure) ?? [];
      const rows = contenders.map(({ name, version, standings }) => [
        `${name} ${version}`,
        ...standings.filter((_, index) => isTaken(index)).map(cell),
      ]);
      return ['', ...aligned([[scenario, ...measures.filter((_, index) => isTaken(index))], ...rows])];
    }),
    '',
    ...absent.map(
      ({ name, reason, command: get }) =>
        `${name} did not take part: ${reason}${get === undefined ? '' : ` Get it by: ${get}`}`,
    ),
    ...failures.map(
      ({ scenario, name, round, says }) => `${name} (${scenario}) was not measured in round ${round + 1}: ${says}`,
    ),
    ...(complete ? [] : ['Not complete: some rounds are missing.']),
    `${cores} × ${cpu}, Node ${node}, load ${number(load_before)} before and ${number(load_after)} after, seed ${seed}: ${command}`,
  ];
  return `${lines.join('\n')}\n`;
}

function cell({ figure, ratio }: Standing): string {
  if (figure === null) return NOTHING;
  return ratio === null ? withInterval(figure) : `${withInterval(figure)} ×${withInterval(ratio)}`;
}

function withInterval({ median, low, high }: Median): string {
  const interval = low === null || high === null ? '' : ` [${number(low, DIGITS)}, ${number(high, DIGITS)}]`;
  return `${number(median, DIGITS)}${interval}`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

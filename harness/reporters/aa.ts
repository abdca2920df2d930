/** The A/A runs, as text for a terminal or a log: a line a run, a line for each gate that said anything but `pass`. */
import pc from 'picocolors';
import type { Aa } from '../schema/aa.ts';
import { counted, durationText } from './quantity.ts';
import { MARKS } from './triage.ts';

/** Lines ending in a newline; the last ones say what the whole comes to and where it lies. */
export function renderAa(aa: Aa, { color, path }: { readonly color: boolean; readonly path: string }): string {
  const colors = pc.createColors(color);
  const rows = aa.runs.flatMap(({ verdict, complete, gates, others, seed, duration_ms, rerun }, index) => {
    const what = verdict === null ? '✗ no verdict' : `${MARKS[verdict]} ${verdict}`;
    const known = complete ? '' : ', not complete';
    const failed = Object.values(others).includes('fail');
    return [
      `${what}  run ${index + 1} of seed ${seed}, ${counted(gates, 'gate')}${known}, ${durationText(duration_ms)}`,
      ...Object.entries(others).map(
        ([id, said]) => `    ${said === 'fail' ? colors.red(`fail ${id}`) : `${said} ${id}`}`,
      ),
      ...(failed || !complete ? [`    rerun  ${rerun}`] : []),
    ];
  });
  const fails = aa.runs.flatMap(({ others }) => Object.values(others)).filter((verdict) => verdict === 'fail').length;
  const gates = aa.runs.reduce((sum, run) => sum + run.gates, 0);
  const complete = aa.runs.filter((run) => run.complete).length;
  return [
    ...rows,
    '',
    `${complete} of ${counted(aa.asked, 'run')} of ${aa.release} against itself complete, ${fails} of ${counted(gates, 'gate')} said fail`,
    burned(aa.burner),
    `aa      ${path}`,
    '',
  ].join('\n');
}

function burned(burner: Aa['burner']): string {
  if (burner === null)
    return 'the process beside them did not burn a core to the end: the runs show less than they were to';
  return `the process beside them got ${((100 * burner.cpu_ms) / burner.elapsed_ms).toFixed(0)} % of a core`;
}

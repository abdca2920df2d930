/** How a measured check was looked at for one gate: the evidence for each verdict from pair to pair, and the call. */
import { html } from 'htm/preact';
import type { LooksReport } from '../../schema/run.ts';
import { calledText, number } from '../quantity.ts';
import { linearAxis } from './scale.ts';

const WIDTH = 520;
const HEIGHT = 214;
const LEFT = 60;
const RIGHT = 455;
const TOP = 46;
const BOTTOM = 188;
/** Labels nearer to each other cannot both be read. */
const LINE = 14;
/** Above "enough", so that the line of it is not the edge. */
const HIGHEST = 1.08;

export function LooksDrawing({ looks }: { looks: LooksReport }) {
  const { most, called, sequence } = looks;
  const last = sequence.at(-1);
  if (last === undefined) return null;
  const axis = linearAxis([most], { units: most < 5 ? 1 : undefined });
  const whole = axis.ticks.filter(Number.isInteger);
  const x = (pairs: number) => round(LEFT + ((RIGHT - LEFT) * pairs) / most);
  const y = (share: number) => round(BOTTOM - ((BOTTOM - TOP) * share) / HIGHEST);
  const points = (of: 'fail' | 'pass') =>
    [`${x(0)},${y(0)}`, ...sequence.map((look) => `${x(look.pairs)},${y(look[of])}`)].join(' ');
  const [failing, passing] = [y(last.fail), y(last.pass)];
  const close = Math.max(0, LINE - Math.abs(failing - passing)) / 2;
  const away = failing > passing ? close : -close;
  const ends = { fail: 4 + failing + away, pass: 4 + passing - away };
  return html`<svg class="drawing" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
    <title>${titleOf(looks)}</title>
    <text x="0" y="13">Evidence after each pair</text>
    <rect class="unused" x=${x(last.pairs)} y=${TOP} width=${round(RIGHT - x(last.pairs))} height=${BOTTOM - TOP} />
    <path class="grid" d=${`M${LEFT} ${BOTTOM}H${RIGHT}${whole
      .filter((tick) => tick <= most)
      .map((tick) => `M${x(tick)} ${BOTTOM}v4`)
      .join('')}`} />
    ${whole.filter((tick) => tick <= most).map((tick) => html`<text class="tick" x=${x(tick)} y=${BOTTOM + 17}>${tick === 0 ? '0 pairs' : number(tick, 15)}</text>`)}
    <path class="limit" d="M${LEFT} ${y(1)}H${RIGHT}" />
    <text class="tick y" x=${LEFT - 6} y=${y(1) + 4}>enough</text>
    <text class="tick y" x=${LEFT - 6} y=${y(0) + 4}>none</text>
    <polyline class="line towards-pass" points=${points('pass')} />
    <polyline class="line towards-fail" points=${points('fail')} />
    ${sequence.map((look) => html`<circle class="towards-${look.fail > look.pass ? 'fail' : 'pass'}" cx=${x(look.pairs)} cy=${y(Math.max(look.fail, look.pass))} r="2.5" />`)}
    ${(['fail', 'pass'] as const).map((of) => html`<text class="towards-${of}" x=${RIGHT + 7} y=${ends[of]}>for ${of}</text>`)}
    ${
      called &&
      html`<path class="called towards-${called.verdict}" d="M${x(called.pairs)} ${TOP - 6}V${BOTTOM}" />
        <text x=${x(called.pairs)} y=${TOP - 10} text-anchor=${called.pairs > most * 0.75 ? 'end' : called.pairs < most * 0.25 ? 'start' : 'middle'}>${calledText(looks)}</text>`
    }
  </svg>`;
}

/** What the drawing shows, for those who do not see it. */
function titleOf(looks: LooksReport): string {
  const { sequence } = looks;
  const last = sequence.at(-1) as LooksReport['sequence'][number];
  const share = (part: number) => `${number(100 * part)} %`;
  return `The evidence after each of ${number(last.pairs, 15)} pairs. ${calledText(looks)}. At the last look there was ${share(last.fail)} of what a fail takes and ${share(last.pass)} of what a pass takes, on a scale of logarithms.`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

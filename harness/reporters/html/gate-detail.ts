/** Each gate by itself: the drawings, the reason, the checks it was judged from, and what it said in earlier runs. */
import { html } from 'htm/preact';
import type { Arm } from '../../schema/entry.ts';
import type { HistoryReport } from '../../schema/history.ts';
import type { CheckReport, DistributionReport, Gate, Run } from '../../schema/run.ts';
import { cut, MOST_REASON } from '../printable.ts';
import {
  boundText,
  calledText,
  counted,
  detectableText,
  intervalText,
  measuredText,
  noiseFloorText,
  number,
  quantity,
} from '../quantity.ts';
import { byTicket, MEANINGS } from '../triage.ts';
import { chartedGates, MOST_CHARTED, measureOf } from './charted.ts';
import { DistributionDrawing } from './distribution-drawing.ts';
import { changedIn } from './history.ts';
import { IntervalDrawing } from './interval-drawing.ts';
import { isLarge } from './large.ts';
import { LooksDrawing } from './looks-drawing.ts';
import { Anchor, Badge, Command, checkAnchor, Folded, Section, Terms } from './parts.ts';
import { Stretches } from './stretches.ts';
import { TrendDrawing } from './trend-drawing.ts';

/** In a run of more gates than this those that pass are drawn only where their samples are, or the page would grow past what a browser likes. */
const MOST_DRAWN = 1000;

export function GateDetails({ run }: { run: Run }) {
  if (run.gates.length === 0) return null;
  const { arms } = run.provenance;
  const charted = chartedGates(run);
  const distributions = Map.groupBy(run.distributions, measureOf);
  const all = run.gates.length <= MOST_DRAWN;
  const later = isLarge(run);
  const checks = new Map(run.checks.map((check) => [check.id, check]));
  return html`<${Section} id="details" title="Gates one by one">
    ${!all && html`<p class="quiet">With more than ${counted(MOST_DRAWN, 'gate')}, those that pass are drawn only where their samples are.</p>`}
    ${!charted.all && html`<p class="quiet">With more than ${counted(MOST_CHARTED, 'gate')}, samples and looks are drawn for ${number(MOST_CHARTED, 15)}: the worst that do not pass, then one that passes for each measure, to which others of the same samples lead.</p>`}
    <p class="fold" hidden><button type="button" data-fold="open">Expand all</button> <button type="button" data-fold="close">Collapse all</button></p>
    ${byTicket(run).map(({ name, gates }) => {
      const details = (of: Gate[]) =>
        of.map(
          (
            gate,
          ) => html`<${Detail} gate=${gate} arms=${arms} drawn=${all || gate.verdict !== 'pass' || charted.gates.has(gate)}
          charted=${charted.gates.has(gate)} drawnAt=${charted.at(gate)} history=${run.history} checks=${gate.checks.flatMap((id) => checks.get(id) ?? [])} distributions=${distributions.get(measureOf(gate)) ?? []} />`,
        );
      if (!later) return html`<div class="of-ticket"><h3>${name}</h3>${details(gates)}</div>`;
      const passing = gates.filter(({ verdict }) => verdict === 'pass');
      return html`<div class="of-ticket"><h3>${name}</h3>
        ${details(gates.filter(({ verdict }) => verdict !== 'pass'))}
        ${passing.length > 0 && html`<details class="passing"><summary>${counted(passing.length, 'gate')} that pass</summary><${Folded} later>${details(passing)}</${Folded}></details>`}
      </div>`;
    })}
  </${Section}>`;
}

interface DetailProps {
  gate: Gate;
  arms: Run['provenance']['arms'];
  checks: CheckReport[];
  drawn: boolean;
  charted: boolean;
  drawnAt: Gate | undefined;
  history: HistoryReport | undefined;
  distributions: DistributionReport[];
}

function Detail({ gate, arms, checks, drawn, charted, drawnAt, history, distributions }: DetailProps) {
  const passes = gate.verdict === 'pass';
  // Where no run came before, there is nothing to tell.
  const past = history !== undefined && history.runs.length > 0 ? history.gates[gate.id] : undefined;
  return html`<details class="gate" id=${gate.id} data-v=${gate.verdict} open=${!passes}>
    <summary><${Badge} verdict=${gate.verdict} /> <b>${gate.says}</b> <code>${gate.id}</code></summary>
    <p class="reason">${cut(gate.reason, MOST_REASON)}</p>
    <div class="beside">
    ${drawn && gate.kind !== 'facts' && html`<${IntervalDrawing} gate=${gate} arms=${arms} />`}
    <${Terms} terms=${[
      ['Verdict', passes ? undefined : `${gate.verdict}: ${MEANINGS[gate.verdict]}`],
      ['Judged on', judgedOn(gate)],
      [arms.candidate, seenText(gate, 'candidate', checks)],
      [arms.baseline, gate.baseline && seenText(gate, 'baseline', checks)],
      ['Samples', drawnAt && html`drawn at <${Anchor} id=${drawnAt.id}>${drawnAt.id}</${Anchor}>`],
      ['Noise floor', noiseFloorText(gate)],
      ['Would be called', detectableText(gate)],
      ['Called', gate.looks && calledText(gate.looks)],
      ['In each run', past && html`<${Stretches} verdicts=${past.verdicts} />`],
      ['Changed in', past && history && changedIn(past, history).join(', ')],
      [
        'Checks',
        gate.checks.map((check, i) => html`${i > 0 && ', '}<${Anchor} id=${checkAnchor(check)}>${check}</${Anchor}>`),
      ],
    ]} />
    </div>
    ${
      charted &&
      gate.kind !== 'facts' &&
      html`<div class="beside charts">
      <${DistributionDrawing} gate=${gate} distributions=${distributions} arms=${arms} />
      ${gate.looks && html`<${LooksDrawing} looks=${gate.looks} />`}
      ${past && html`<${TrendDrawing} gate=${gate} history=${history} />`}</div>`
    }
    <${Command} command=${gate.rerun} />
  </details>`;
}

/** `p95 1.84 s [1.41 s, 2.9 s], 240 samples worth 180, 12 replicates`; of a guardrail on the candidate, pairs. */
function seenText(gate: Gate, arm: Arm, checks: readonly CheckReport[]): string {
  const estimate = gate[arm];
  const noun = gate.kind === 'guardrail' ? 'pair' : gate.kind === 'facts' ? 'fact' : 'sample';
  const worth = estimate?.effective === undefined ? '' : ` worth ${number(estimate.effective, 15)}`;
  const replicates = checks.flatMap(({ recorded = [] }) =>
    recorded.filter((one) => one.arm === arm).map((one) => one.replicates),
  );
  return [
    [measuredText(gate, estimate), intervalText(gate, estimate)].filter(Boolean).join(' '),
    `${counted(estimate?.samples ?? 0, noun)}${worth}`,
    ...(replicates.length === 0
      ? []
      : [
          counted(
            replicates.reduce((sum, count) => sum + count),
            'replicate',
          ),
        ]),
  ].join(', ');
}

const KINDS: Record<Gate['kind'], string> = {
  fix: 'fix: the baseline must break it',
  absolute: 'absolute: the candidate alone',
  guardrail: 'guardrail: the change against the baseline, over pairs of replicates',
  facts: 'facts of a check',
};

function judgedOn(gate: Gate): string {
  if (gate.kind === 'facts') return `${KINDS.facts}, ${boundText(gate)} broken`;
  const above = gate.threshold === undefined ? '' : ` ${quantity(gate.threshold, gate.unit)}`;
  return `${gate.statistic}${above} of ${gate.measure} ${boundText(gate)} (${KINDS[gate.kind]})`;
}

/** The judge's certificate: what the judge is held to, what was measured of it, and what simpler rules do on the same data. */
import { html } from 'htm/preact';
import type { Figure } from '../../schema/certificate.ts';
import type { Run } from '../../schema/run.ts';
import { counted } from '../quantity.ts';
import { Command, Section } from './parts.ts';

export function JudgeCertificate({ run: { certificate } }: { run: Run }) {
  if (certificate === undefined) return null;
  const { figures, quick, seed } = certificate;
  const held = figures.filter(({ met }) => met !== undefined);
  const met = held.filter((figure) => figure.met).length;
  const rough = quick ? ' Made with few simulations: the figures are rough.' : '';
  return html`<${Section} id="certificate" title="The judge's certificate">
    <p>${met} of ${counted(held.length, 'figure')} met that the judge is held to. Measured by driving the judge of this run, on its commit.${rough} Figures without a mark are shown beside, for comparison.</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of the certificate's figures"><table class="facts certificate">
      <thead><tr><th scope="col">Figure</th><th scope="col">Measured</th><th scope="col">Required</th><th scope="col">Met</th></tr></thead>
      ${[...Map.groupBy(figures, ({ promise }) => promise)].map(
        ([promise, own]) => html`<tbody>
          <tr><th scope="rowgroup" colspan="4">${promise}</th></tr>
          ${own.map((figure) => html`<${Row} figure=${figure} />`)}
        </tbody>`,
      )}
    </table></div>
    <${Command} command=${`npm run prove -- --judge ${quick ? '--quick ' : ''}--seed ${seed}`} />
  </${Section}>`;
}

function Row({ figure: { of, measured, required, met } }: { figure: Figure }) {
  return html`<tr class=${met === undefined ? 'quiet' : ''}>
    <td>${of}</td>
    <td>${measured}</td>
    <td>${required}</td>
    <td>${met === undefined ? null : met ? html`<span class="badge v-pass"><i>✓</i>met</span>` : html`<span class="badge v-fail"><i>✗</i>missed</span>`}</td>
  </tr>`;
}

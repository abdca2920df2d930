/** The judge's certificate: everything it promises of itself, measured by driving the judge that judges releases. */
import type { Certificate } from '../schema/certificate.ts';
import { closed, repeatable } from './closed.ts';
import { early } from './early.ts';
import { falseAlarms } from './false-alarms.ts';
import type { Context } from './figure.ts';
import { mutationFigures } from './mutation-figures.ts';
import { noiseFloors } from './noise-floor.ts';
import { power } from './power.ts';
import { slopes } from './slopes.ts';
import { speed } from './speed.ts';

/** The certificate but for what it was made on, and when. */
export type Findings = Pick<Certificate, 'quick' | 'seed' | 'met' | 'figures'>;

/**
 * Makes the certificate; the same seed gives the same figures, but for how fast it was. `quick` takes seconds in place
 * of minutes, with fewer simulations, and leaves out the ten million observations.
 */
export async function certify(context: Context): Promise<Findings> {
  const figures = [
    ...closed(context),
    ...repeatable(context),
    ...(context.quick ? [] : await speed(context)),
    ...early(context),
    ...power(context),
    ...falseAlarms(context),
    ...noiseFloors(context),
    ...slopes(context),
    ...mutationFigures(context.mutation),
  ];
  return {
    quick: context.quick,
    seed: context.seed,
    met: figures.every(({ met }) => met !== false) && figures.some(({ met }) => met === true),
    figures,
  };
}

/** The judge's certificate: everything it promises of itself, measured by driving the judge that judges releases. */
import { closed, repeatable } from './closed.ts';
import { early } from './early.ts';
import { falseAlarms } from './false-alarms.ts';
import type { Context, Figure } from './figure.ts';
import { mutationFigures } from './mutation-figures.ts';
import { power } from './power.ts';
import { speed } from './speed.ts';

export interface Certificate {
  quick: boolean;
  seed: number;
  /** Every figure that the judge is held to is met. */
  met: boolean;
  figures: Figure[];
}

/**
 * Makes the certificate; the same seed gives the same figures, but for how fast it was. `quick` takes seconds in place
 * of minutes, with fewer simulations, and leaves out the ten million observations.
 */
export async function certify(context: Context): Promise<Certificate> {
  const figures = [
    ...closed(context),
    ...repeatable(context),
    ...(context.quick ? [] : await speed(context)),
    ...early(context),
    ...power(context),
    ...falseAlarms(context),
    ...mutationFigures(context.mutation),
  ];
  return {
    quick: context.quick,
    seed: context.seed,
    met: figures.every(({ met }) => met !== false) && figures.some(({ met }) => met === true),
    figures,
  };
}

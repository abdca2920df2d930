import { measure } from '../../../checks/measure.ts';
import { small } from '../suite/stack.ts';

measure(
  'measured/alike',
  { stack: small, measures: { alike_ms: 'ms' }, facts: ['it answers'], pairs: { least: 2, most: 20 } },
  async ({ stack, replicate, observe, fact, random }) => {
    if (process.env.SMALL_FAILS === String(replicate)) throw new Error('asked to fail');
    fact('it answers', (await fetch(stack.url)).ok);
    observe('alike_ms', [10 + random() / 10]);
  },
);

measure(
  'measured/unsteady',
  { measures: { unsteady_ms: 'ms' }, facts: [], pairs: { least: 2, most: 3 } },
  async ({ arm, replicate, observe }) => {
    observe('unsteady_ms', [arm === 'baseline' ? 10 : replicate % 2 === 0 ? 20 : 5]);
  },
);

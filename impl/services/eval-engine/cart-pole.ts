/**
 * The cart-pole task: balance a pole on a cart by pushing it left or right.
 *
 * Barto, Sutton and Anderson (1983), "Neuronlike adaptive elements that can solve difficult learning control problems",
 * with the constants and the 500-step limit of Gymnasium's CartPole-v1. The reward is 1 for each step.
 */

const gravity = 9.8;
const poleMass = 0.1;
const totalMass = 1.1;
const poleHalfLength_m = 0.5;
const force_N = 10;
const step_s = 0.02;
const position_max = 2.4;
const angle_max = (12 * Math.PI) / 180;
const steps_max = 500;

/** A linear policy: pushes right when the weighted sum of the state is positive. Good, and not perfect. */
const weights = [0.02, 0.12, 0.6, 0.35] as const;

/** Plays one episode from a start drawn from `random` (uniform in [0, 1)); returns its reward, 1 to 500. */
export function playEpisode(random: () => number): number {
  let [x, v, angle, spin] = [0, 0, 0, 0].map(() => random() * 0.1 - 0.05) as [number, number, number, number];
  for (let step = 1; step <= steps_max; step += 1) {
    // The pole is nudged at random: without it the policy balances for ever and every reward is 500.
    const nudge = (random() - 0.5) * 0.5;
    const push = weights[0] * x + weights[1] * v + weights[2] * angle + weights[3] * spin > 0 ? force_N : -force_N;
    const sine = Math.sin(angle);
    const cosine = Math.cos(angle);
    const pull = (push + poleMass * poleHalfLength_m * spin * spin * sine) / totalMass;
    const spinUp =
      (gravity * sine - cosine * pull) / (poleHalfLength_m * (4 / 3 - (poleMass * cosine * cosine) / totalMass));
    const speedUp = pull - (poleMass * poleHalfLength_m * spinUp * cosine) / totalMass;
    x += step_s * v;
    v += step_s * speedUp;
    angle += step_s * spin;
    spin += step_s * spinUp + nudge;
    if (Math.abs(x) > position_max || Math.abs(angle) > angle_max) return step;
  }
  return steps_max;
}

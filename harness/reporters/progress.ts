/**
 * What a run is doing, while it does it. On a terminal one status block is redrawn in place, with lines printed above it;
 * elsewhere each line is timestamped, and long work gives a sign of life every 30 s.
 * The cursor is never hidden, so there is nothing to restore when the process dies.
 */
import pc from 'picocolors';
import { clip, oneLine } from './printable.ts';
import { durationText } from './quantity.ts';

/** On a terminal at most ten redraws a second. */
const REDRAW_MS = 100;
/** Elsewhere a line at least this often. */
const HEARTBEAT_MS = 30_000;
const TICK_MS = 1000;

export type ProgressOptions = {
  stream: { write(text: string): unknown };
  isTTY: boolean;
  color: boolean;
  /** Milliseconds since the epoch. @default Date.now */
  now?: () => number;
  /** @default the global one */
  setInterval?: (tick: () => void, every_ms: number) => unknown;
  /** @default the global one */
  clearInterval?: (timer: unknown) => void;
  /** Columns; a function where the terminal may be resized. @default 100 */
  width?: number | (() => number | undefined) | undefined;
};

export type ProgressState = {
  /** The suite, ticket or step that is at work. */
  suite: string;
  /** What is being done now; several when they run side by side. */
  check: string | readonly string[];
  done: number;
  total: number;
  /** Since the run began; without it, since the progress was created. */
  elapsed_ms?: number | undefined;
  /** How long the whole run should take; without it no time left is shown. */
  expected_ms?: number | undefined;
};

export type Progress = {
  /** A line that stays, with the time in front. */
  line(text: string): void;
  update(state: ProgressState): void;
  /** Takes the block away and ends the timer. Nothing is written after it. */
  stop(): void;
};

/** Starts showing progress; until `stop()` it holds one timer, which does not keep the process alive. */
export function createProgress(options: ProgressOptions): Progress {
  const whole = {
    now: Date.now,
    setInterval,
    clearInterval: (timer: unknown) => clearInterval(timer as NodeJS.Timeout),
    ...options,
  };
  return options.isTTY ? blockProgress(whole) : lineProgress(whole);
}

type WholeOptions = ProgressOptions & Required<Pick<ProgressOptions, 'now' | 'setInterval' | 'clearInterval'>>;

function blockProgress(options: WholeOptions): Progress {
  const { stream, now } = options;
  const colors = pc.createColors(options.color);
  const clock = createClock(now);
  let drawn: string[] = [];
  let drawnAt = Number.NEGATIVE_INFINITY;
  let stopped = false;
  /** Goes to the block's first column and clears to the end of the screen. */
  const erase = () => {
    if (drawn.length === 0) return '';
    const up = drawn.length > 1 ? `\u001b[${drawn.length - 1}A` : '';
    drawn = [];
    return `\r${up}\u001b[J`;
  };
  const draw = () => {
    const state = clock.state();
    if (state === undefined || stopped || now() - drawnAt < REDRAW_MS) return;
    const block = blockLines(state, clock.elapsed_ms(), widthOf(options), colors);
    if (drawn.length > 0 && block.join('\n') === drawn.join('\n')) return;
    stream.write(erase() + block.join('\n'));
    drawn = block;
    drawnAt = now();
  };
  const timer = startTimer(options, draw, REDRAW_MS);
  return {
    line(text) {
      if (stopped) return;
      stream.write(`${erase()}${colors.dim(timeOf(now()))} ${oneLine(text)}\n`);
      draw();
    },
    update(state) {
      clock.update(state);
      draw();
    },
    stop() {
      if (stopped) return;
      stopped = true;
      options.clearInterval(timer);
      const last = erase();
      if (last !== '') stream.write(last);
    },
  };
}

function lineProgress(options: WholeOptions): Progress {
  const { stream, now } = options;
  const colors = pc.createColors(options.color);
  const clock = createClock(now);
  let stopped = false;
  let wroteAt = now();
  let changedAt = now();
  let shown = '';
  const write = (text: string) => {
    if (stopped) return;
    stream.write(`${colors.dim(timeOf(now()))} ${oneLine(text)}\n`);
    wroteAt = now();
  };
  const heartbeat = () => {
    const state = clock.state();
    if (state === undefined || now() - wroteAt < HEARTBEAT_MS) return;
    write(`still ${stateText(state)} for ${durationText(now() - changedAt)} · ${times(state, clock.elapsed_ms())}`);
  };
  const timer = startTimer(options, heartbeat, TICK_MS);
  return {
    line: write,
    update(state) {
      clock.update(state);
      const text = stateText(state);
      if (text !== shown) changedAt = now();
      shown = text;
    },
    stop() {
      if (stopped) return;
      stopped = true;
      options.clearInterval(timer);
    },
  };
}

/** The latest state, and the time elapsed, which goes on between updates. */
function createClock(now: () => number) {
  const createdAt = now();
  let state: ProgressState | undefined;
  let startedAt = createdAt;
  return {
    update(next: ProgressState) {
      state = next;
      if (next.elapsed_ms !== undefined) startedAt = now() - next.elapsed_ms;
    },
    state: () => state,
    elapsed_ms: () => now() - startedAt,
  };
}

function startTimer(options: WholeOptions, tick: () => void, every_ms: number): unknown {
  const timer = options.setInterval(tick, every_ms);
  (timer as { unref?: () => void } | undefined)?.unref?.();
  return timer;
}

function widthOf({ width }: ProgressOptions): number {
  const columns = typeof width === 'function' ? width() : width;
  return Math.max(20, columns ?? 100);
}

const BAR = 20;

function blockLines(
  state: ProgressState,
  elapsed_ms: number,
  width: number,
  colors: ReturnType<typeof pc.createColors>,
) {
  const filled = state.total === 0 ? 0 : Math.floor((BAR * Math.min(state.done, state.total)) / state.total);
  const bar = width < 60 ? '' : `${colors.green('━'.repeat(filled))}${colors.dim('─'.repeat(BAR - filled))} `;
  const room = width - 1 - (bar === '' ? 0 : BAR + 1);
  const counts = `${state.done}/${state.total} checks · ${times(state, elapsed_ms)}`;
  return [bar + clip(counts, room), clip(workText(state), width - 1)];
}

/** `3 min 20 s elapsed, about 4 min 10 s left` */
function times({ expected_ms }: ProgressState, elapsed_ms: number): string {
  const elapsed = `${wholeSeconds(elapsed_ms)} elapsed`;
  if (expected_ms === undefined) return elapsed;
  const left_ms = expected_ms - elapsed_ms;
  return left_ms >= 0
    ? `${elapsed}, about ${wholeSeconds(left_ms)} left`
    : `${elapsed}, ${wholeSeconds(-left_ms)} longer than expected`;
}

function wholeSeconds(duration_ms: number): string {
  return durationText(Math.max(0, Math.floor(duration_ms / 1000) * 1000)).replace(/^0 ms$/, '0 s');
}

function workText({ suite, check }: ProgressState): string {
  const checks = typeof check === 'string' ? check : check.join(', ');
  return oneLine(checks === '' ? suite : `${suite} · ${checks}`);
}

function stateText(state: ProgressState): string {
  return `${state.done}/${state.total} ${workText(state)}`;
}

/** `10:04:31Z`: the time of day in UTC, as everywhere in a run. */
function timeOf(now_ms: number): string {
  return `${new Date(now_ms).toISOString().slice(11, 19)}Z`;
}

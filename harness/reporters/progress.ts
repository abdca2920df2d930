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
  /** Columns, asked at each redraw because a terminal may be resized. @default 100 */
  width?: () => number;
};

export type ProgressState = {
  /** The suite, ticket or step that is at work. */
  suite: string;
  /** What is being done now; several when they run side by side. */
  check: string | readonly string[];
  done: number;
  /** Of how many executions; 0 while there is nothing to count. */
  total: number;
  /** Since the run began; without it, since the progress was created. */
  elapsed_ms?: number | undefined;
  /** How long the whole run should take, by the last one like it. */
  expected_ms?: number | undefined;
  /** How long it may take at most: shown where nothing says how long it should. */
  budget_ms?: number | undefined;
};

export type Progress = {
  /** A line that stays, with the time in front. */
  line(text: string): void;
  /** What begins now: a line where there is no block to show it. */
  step(text: string): void;
  update(state: ProgressState): void;
  /** Takes the block away while `work` itself writes to the terminal, such as a question. */
  aside<T>(work: () => Promise<T>): Promise<T>;
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
  let asides = 0;
  /** Goes to the block's first column and clears to the end of the screen. */
  const erase = () => {
    if (drawn.length === 0) return '';
    const up = drawn.length > 1 ? `\u001b[${drawn.length - 1}A` : '';
    drawn = [];
    return `\r${up}\u001b[J`;
  };
  const draw = () => {
    const state = clock.state();
    if (state === undefined || stopped || asides > 0 || now() - drawnAt < REDRAW_MS) return;
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
    step() {},
    update(state) {
      clock.update(state);
      draw();
    },
    async aside(work) {
      asides += 1;
      const last = erase();
      if (last !== '') stream.write(last);
      try {
        return await work();
      } finally {
        asides -= 1;
      }
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
    step: write,
    aside: (work) => work(),
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
  return Math.max(20, width?.() ?? 100);
}

const BAR = 20;

function blockLines(
  state: ProgressState,
  elapsed_ms: number,
  width: number,
  colors: ReturnType<typeof pc.createColors>,
) {
  const filled = state.total === 0 ? 0 : Math.floor((BAR * Math.min(state.done, state.total)) / state.total);
  const bar = state.total === 0 ? '' : `${colors.green('━'.repeat(filled))}${colors.dim('─'.repeat(BAR - filled))} `;
  const whole = `${counts(state, ' executions')}${times(state, elapsed_ms)}`;
  const short = `${counts(state, '')}${shortTimes(state, elapsed_ms)}`;
  const room = width - 1;
  const beside = room - (bar === '' ? 0 : BAR + 1);
  const head = whole.length <= beside ? bar + whole : short.length <= beside ? bar + short : clip(short, room);
  return [head, clip(workText(state), room)];
}

function counts({ done, total }: ProgressState, noun: string): string {
  return total === 0 ? '' : `${done}/${total}${noun} · `;
}

/** `3 min 20 s elapsed, about 4 min 10 s left` */
function times({ expected_ms, budget_ms }: ProgressState, elapsed_ms: number): string {
  const elapsed = `${wholeSeconds(elapsed_ms)} elapsed`;
  const end_ms = expected_ms ?? budget_ms;
  if (end_ms === undefined) return elapsed;
  const left_ms = end_ms - elapsed_ms;
  if (left_ms < 0)
    return `${elapsed}, ${wholeSeconds(-left_ms)} ${expected_ms === undefined ? 'over its budget' : 'longer than expected'}`;
  return `${elapsed}, ${expected_ms === undefined ? 'at most' : 'about'} ${wholeSeconds(left_ms)} left`;
}

/** The same for a narrow terminal: `3 min 20 s · 4 min 10 s left` */
function shortTimes({ expected_ms, budget_ms }: ProgressState, elapsed_ms: number): string {
  const elapsed = wholeSeconds(elapsed_ms);
  const end_ms = expected_ms ?? budget_ms;
  if (end_ms === undefined) return elapsed;
  const left_ms = end_ms - elapsed_ms;
  if (left_ms < 0) return `${elapsed} · ${wholeSeconds(-left_ms)} late`;
  return `${elapsed} · ${expected_ms === undefined ? '≤ ' : ''}${wholeSeconds(left_ms)} left`;
}

function wholeSeconds(duration_ms: number): string {
  return durationText(Math.max(0, Math.floor(duration_ms / 1000) * 1000)).replace(/^0 ms$/, '0 s');
}

function workText({ suite, check }: ProgressState): string {
  const checks = typeof check === 'string' ? check : check.join(', ');
  return oneLine(checks === '' ? suite : `${suite} · ${checks}`);
}

function stateText(state: ProgressState): string {
  return `${state.total === 0 ? '' : `${state.done}/${state.total} `}${workText(state)}`;
}

/** `10:04:31Z`: the time of day in UTC, as everywhere in a run. */
function timeOf(now_ms: number): string {
  return `${new Date(now_ms).toISOString().slice(11, 19)}Z`;
}

import { describe, expect, it } from 'vitest';
import { createProgress, type ProgressOptions } from './progress.ts';

/** A clock that runs the timers given to it, and a stream that keeps what is written. */
function stage(over: Partial<ProgressOptions> = {}) {
  let now = Date.parse('2026-09-17T10:04:31.000Z');
  const timers = new Map<object, { tick: () => void; every_ms: number; next: number }>();
  const writes: string[] = [];
  const progress = createProgress({
    stream: { write: (text: string) => writes.push(text) },
    isTTY: false,
    color: false,
    now: () => now,
    setInterval: (tick, every_ms) => {
      const timer = {};
      timers.set(timer, { tick, every_ms, next: now + every_ms });
      return timer;
    },
    clearInterval: (timer) => timers.delete(timer as object),
    ...over,
  });
  const pass = (duration_ms: number) => {
    for (const end = now + duration_ms; now < end; ) {
      now = Math.min(end, ...[...timers.values()].map(({ next }) => next));
      for (const timer of timers.values()) {
        if (timer.next > now) continue;
        timer.next += timer.every_ms;
        timer.tick();
      }
    }
  };
  return { progress, writes, pass, timers };
}

/** What a terminal shows after these writes: understands the three sequences that the block uses. */
function screen(writes: string[]): string[] {
  const lines = [''];
  let row = 0;
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are what is read
  for (const part of writes.join('').match(/\u001b\[\d*[AJ]|[\r\n]|[^\u001b\r\n]+/g) ?? []) {
    if (part === '\n') {
      row += 1;
      column = 0;
      lines[row] ??= '';
    } else if (part === '\r') column = 0;
    else if (part.endsWith('A') && part.startsWith('\u001b')) row -= Number(part.slice(2, -1));
    else if (part === '\u001b[J') {
      lines.length = row + 1;
      lines[row] = (lines[row] as string).slice(0, column);
    } else {
      lines[row] = (lines[row] as string).slice(0, column) + part;
      column += part.length;
    }
  }
  return lines;
}

const WORK = { suite: 'acme-1001', check: 'silent-drop', done: 3, total: 12 };
const PROVISIONING = { suite: 'components', check: ['postgres', 'redis'], done: 0, total: 0 };

describe('progress elsewhere than on a terminal', () => {
  it('timestamps each line, and leaves it to the lines to tell what changed', () => {
    const { progress, writes, pass } = stage();
    progress.line('valkey 9.0.1 started');
    progress.update(WORK);
    pass(2000);
    progress.update({ ...WORK, done: 4 });
    progress.line('silent-drop done');
    progress.stop();
    expect(writes.join('')).toMatchInlineSnapshot(`
      "10:04:31Z valkey 9.0.1 started
      10:04:33Z silent-drop done
      "
    `);
  });

  it('gives a sign of life after 30 s without a line, not before', () => {
    const { progress, writes, pass } = stage();
    progress.update({ ...WORK, expected_ms: 600_000 });
    pass(29_000);
    expect(writes).toHaveLength(0);
    pass(1000);
    expect(writes).toHaveLength(1);
    progress.line('something');
    pass(29_000);
    expect(writes).toHaveLength(2);
    pass(31_000);
    progress.stop();
    expect(writes.join('')).toMatchInlineSnapshot(`
      "10:05:01Z still 3/12 acme-1001 · silent-drop for 30 s · 30 s elapsed, about 9 min 30 s left
      10:05:01Z something
      10:05:31Z still 3/12 acme-1001 · silent-drop for 1 min 0 s · 1 min 0 s elapsed, about 9 min 0 s left
      10:06:01Z still 3/12 acme-1001 · silent-drop for 1 min 30 s · 1 min 30 s elapsed, about 8 min 30 s left
      "
    `);
  });

  it('counts nothing where there is nothing to count yet', () => {
    const { progress, writes, pass } = stage();
    progress.update(PROVISIONING);
    pass(30_000);
    progress.stop();
    expect(writes).toEqual(['10:05:01Z still components · postgres, redis for 30 s · 30 s elapsed\n']);
  });

  it('tells what begins, because no block shows it', () => {
    const { progress, writes } = stage();
    progress.step('silent-drop candidate started');
    expect(writes).toEqual(['10:04:31Z silent-drop candidate started\n']);
  });

  it('keeps hostile text on its line', () => {
    const { progress, writes } = stage();
    progress.line('a\u001b[2J\r\nb');
    expect(writes).toEqual(['10:04:31Z a b\n']);
  });
});

describe('progress on a terminal', () => {
  it('redraws one block in place and prints lines above it', () => {
    const { progress, writes, pass } = stage({ isTTY: true, width: () => 70 });
    progress.line('valkey 9.0.1 started');
    progress.update({ ...WORK, elapsed_ms: 60_000, expected_ms: 300_000 });
    pass(5000);
    progress.line('silent-drop (candidate) ended in an error');
    pass(100);
    expect(screen(writes)).toMatchInlineSnapshot(`
      [
        "10:04:31Z valkey 9.0.1 started",
        "10:04:36Z silent-drop (candidate) ended in an error",
        "━━━━━─────────────── 3/12 · 1 min 5 s · 3 min 54 s left",
        "acme-1001 · silent-drop",
      ]
    `);
  });

  it('redraws at most ten times a second, and shows the last state within 100 ms', () => {
    const { progress, writes, pass } = stage({ isTTY: true });
    for (let done = 0; done < 1000; done++) {
      progress.update({ ...WORK, done, total: 1000 });
      pass(1);
    }
    expect(writes.length).toBeLessThanOrEqual(11);
    pass(100);
    expect(screen(writes)[0]).toContain('999/1000 executions');
  });

  it('does not write when nothing would look different', () => {
    const { progress, writes, pass } = stage({ isTTY: true });
    progress.update(WORK);
    pass(900);
    expect(writes).toHaveLength(1);
  });

  it('says by how much it takes longer than expected', () => {
    const { progress, writes } = stage({ isTTY: true, width: () => 100 });
    progress.update({ ...WORK, elapsed_ms: 130_000, expected_ms: 60_000 });
    expect(screen(writes)[0]).toContain('2 min 10 s elapsed, 1 min 10 s longer than expected');
  });

  it('says how long it may take at most when no run before says how long it should', () => {
    const { progress, writes, pass } = stage({ isTTY: true });
    progress.update({ ...WORK, elapsed_ms: 60_000, budget_ms: 120_000 });
    expect(screen(writes)[0]).toContain('3/12 executions · 1 min 0 s elapsed, at most 1 min 0 s left');
    pass(70_000);
    expect(screen(writes)[0]).toContain('2 min 10 s elapsed, 10 s over its budget');
  });

  it.each([
    [{ expected_ms: 91_000 }, '3/12 · 1 min 0 s · 31 s left'],
    [{ expected_ms: 30_000 }, '3/12 · 1 min 0 s · 30 s late'],
    [{ budget_ms: 600_000 }, '3/12 · 1 min 0 s · ≤ 9 min 0 s left'],
    [{}, '━━━━━─────────────── 3/12 · 1 min 0 s'],
  ])('shows the time left whole on 40 columns: %o', (known, shown) => {
    const { progress, writes } = stage({ isTTY: true, width: () => 40 });
    progress.update({ ...WORK, elapsed_ms: 60_000, ...known });
    expect(screen(writes)[0]).toBe(shown);
  });

  it('counts nothing where there is nothing to count yet', () => {
    const { progress, writes } = stage({ isTTY: true });
    progress.update(PROVISIONING);
    expect(screen(writes)).toEqual(['0 s elapsed', 'components · postgres, redis']);
  });

  it('takes the block away while somebody else writes to the terminal, lines included, and shows it again', async () => {
    const { progress, writes, pass } = stage({ isTTY: true });
    progress.update(WORK);
    const answered = Promise.withResolvers<string>();
    const asking = progress.aside(() => answered.promise);
    progress.line('valkey 9.0.1 started');
    progress.update({ ...WORK, done: 4 });
    pass(5000);
    expect(screen(writes)).toEqual(['10:04:31Z valkey 9.0.1 started', '']);
    answered.resolve('y');
    expect(await asking).toBe('y');
    pass(100);
    expect(screen(writes).at(-1)).toBe('acme-1001 · silent-drop');
  });

  it('leaves what begins to the block', () => {
    const { progress, writes } = stage({ isTTY: true });
    progress.step('silent-drop candidate started');
    expect(writes).toEqual([]);
  });

  it('breaks no line of the block, however narrow', () => {
    const { progress, writes } = stage({ isTTY: true, width: () => 30 });
    progress.update({ ...WORK, check: Array.from({ length: 40 }, (_, i) => `check-${i}`) });
    expect(screen(writes).filter((line) => line.length > 29)).toEqual([]);
  });

  it('leaves the lines, no block, no timer and a visible cursor when stopped, twice too', () => {
    const { progress, writes, pass, timers } = stage({ isTTY: true });
    progress.line('one');
    progress.update(WORK);
    progress.stop();
    progress.stop();
    const after = writes.length;
    progress.update({ ...WORK, done: 9 });
    progress.line('late');
    pass(60_000);
    expect(writes).toHaveLength(after);
    expect(timers.size).toBe(0);
    expect(screen(writes)).toEqual(['10:04:31Z one', '']);
    expect(writes.join('')).not.toContain('\u001b[?25l');
  });
});

/** Lines of what happened, and under them on a terminal one line of what goes on. */
import type { WriteStream } from 'node:tty';
import type { BuildProgress } from './session.ts';

const POLL_ms = 500;
const CLEAR_LINE = '\r\u001b[K';

export class ProgressLine {
  readonly #stream: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY'>>;
  #timer: NodeJS.Timeout | undefined;
  #last = '';

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  say(text: string): void {
    this.#stream.write(`${this.#stream.isTTY ? CLEAR_LINE : ''}${text}\n`);
  }

  /** Asks for the progress twice a second until `end`. Without a terminal each phase is told once. */
  follow(progress: () => Promise<BuildProgress | undefined>): void {
    const ask = async () => {
      const now = await progress().catch(() => undefined);
      if (this.#timer === undefined) return;
      if (now !== undefined) this.#show(now);
      this.#timer = setTimeout(ask, POLL_ms);
    };
    this.#timer = setTimeout(ask, POLL_ms);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#stream.isTTY) this.#stream.write(CLEAR_LINE);
  }

  #show({ phase, done, total }: BuildProgress): void {
    const share = total > 0 ? ` ${Math.floor((100 * done) / total)} %` : '';
    if (this.#stream.isTTY) this.#stream.write(`${CLEAR_LINE}  ${phase}${share}`);
    else if (phase !== this.#last) this.#stream.write(`  ${phase}${share}\n`);
    this.#last = phase;
  }
}

/**
 * The `describe` and `test` of Vitest for test files whose tests are run again and again, once for each change of the
 * code under test: they only collect. What these files do not use is not here, and using it fails at once.
 */

export interface CollectedTest {
  /** Distinct within its file, and the same each time the file is loaded. */
  readonly name: string;
  readonly run: () => unknown;
}

type Body = (...row: never[]) => unknown;

/** Collects the tests of one file after the other. */
export class TestCollector {
  #tests: CollectedTest[] = [];
  readonly #titles: string[] = [];

  readonly describe = Object.assign((title: string, body: () => void) => this.#within(title, body), {
    each: (table: readonly unknown[]) => (title: string, body: Body) => {
      for (const row of table) this.#within(title, () => body(...spread(row)));
    },
  });

  readonly test = Object.assign((title: string, ...rest: unknown[]) => this.#add(title, bodyOf(rest), []), {
    each:
      (table: readonly unknown[]) =>
      (title: string, ...rest: unknown[]) => {
        for (const row of table) this.#add(title, bodyOf(rest), spread(row));
      },
    for:
      (table: readonly unknown[]) =>
      (title: string, ...rest: unknown[]) => {
        for (const row of table) this.#add(title, bodyOf(rest), [row as never]);
      },
  });

  /** What `load` collects. */
  async collect(load: () => Promise<unknown>): Promise<CollectedTest[]> {
    this.#tests = [];
    await load();
    return this.#tests;
  }

  #within(title: string, body: () => unknown): void {
    this.#titles.push(title);
    try {
      body();
    } finally {
      this.#titles.pop();
    }
  }

  #add(title: string, body: Body, row: readonly never[]): void {
    const name = `${this.#tests.length} ${[...this.#titles, title].join(' > ')}`;
    this.#tests.push({ name, run: () => body(...row) });
  }
}

function spread(row: unknown): never[] {
  return (Array.isArray(row) ? row : [row]) as never[];
}

/** The body stands last, or before a time limit; options may stand before it. */
function bodyOf(rest: readonly unknown[]): Body {
  const body = rest.find((one) => typeof one === 'function');
  if (body === undefined) throw new TypeError('expected a test with a body');
  return body as Body;
}

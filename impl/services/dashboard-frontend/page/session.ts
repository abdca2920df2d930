/** Who has logged in, kept for as long as the tab: a reload goes on with it, another tab has its own. */

export interface Session {
  readonly username: string;
  /** The first one of a login, or after a reload the newest; `use-token.ts` renews it. */
  readonly token: string;
}

const KEY = 'tars-session';

/** Undefined when there is none, or the browser keeps nothing. */
export function keptSession(): Session | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    return typeof kept?.token === 'string' && typeof kept.username === 'string' ? kept : undefined;
  } catch {
    return undefined;
  }
}

export function keepSession(session: Session): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(session));
  } catch {
    // Storage is forbidden or full: the session lasts until the page is reloaded.
  }
}

export function endSession(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // There is none then.
  }
}

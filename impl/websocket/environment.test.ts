import { expect, test } from 'vitest';
import { type Page, pageEnvironment } from './environment.ts';

/** A page whose listeners can be counted. */
function page() {
  const listeners = new Set<unknown>();
  class Counted extends EventTarget {
    override addEventListener(type: string, listener: EventListener): void {
      listeners.add(listener);
      super.addEventListener(type, listener);
    }
    override removeEventListener(type: string, listener: EventListener): void {
      listeners.delete(listener);
      super.removeEventListener(type, listener);
    }
  }
  const document = Object.assign(new Counted(), { visibilityState: 'hidden' });
  const window = Object.assign(new Counted(), { document });
  return { window: window as unknown as Page & EventTarget, document, listeners };
}

test('tells of network and page, in words of its own', () => {
  const { window, document } = page();
  const told: string[] = [];
  pageEnvironment(window).watch((change) => told.push(change));
  for (const type of ['online', 'offline', 'pageshow', 'focus']) window.dispatchEvent(new Event(type));
  document.dispatchEvent(new Event('visibilitychange'));
  document.visibilityState = 'visible';
  document.dispatchEvent(new Event('visibilitychange'));
  expect(told).toEqual(['online', 'offline', 'shown', 'shown']);
});

test('leaves no listener behind (centrifuge-js#389)', () => {
  const { window, listeners } = page();
  const unwatch = pageEnvironment(window).watch(() => {});
  expect(listeners.size).toBeGreaterThan(3);
  unwatch();
  expect(listeners.size).toBe(0);
});

test('where there is no page it tells nothing', () => {
  pageEnvironment({}).watch(() => {})();
  pageEnvironment().watch(() => {})();
});

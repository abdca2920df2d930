/**
 * What the page tells of the network and of itself, as the client's environment.
 *
 * A timer may sleep with the machine or the tab; these events come at once on waking. They are hints and no more: a
 * browser that says `offline` may be wrong, so attempts go on, and a connection is asked (`Heartbeat.probe`), not cut.
 */
import type { Environment, EnvironmentChange } from '../release-parts.ts';

/** As much of a page's globals as is needed; a worker has no document, Node neither. */
export interface Page {
  readonly addEventListener?: EventTarget['addEventListener'];
  readonly removeEventListener?: EventTarget['removeEventListener'];
  readonly document?: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> & {
    readonly visibilityState: string;
  };
}

/** Hears `online`, `offline` and `pageshow` of the page (or worker) and `visibilitychange` of its document. */
export function pageEnvironment(page: Page = globalThis as Page): Environment {
  return {
    watch(changed) {
      const undo: (() => void)[] = [];
      const listen = (target: Page | Page['document'], type: string, listener: () => void) => {
        target?.addEventListener?.(type, listener);
        undo.push(() => target?.removeEventListener?.(type, listener));
      };
      const tell = (change: EnvironmentChange) => () => changed(change);
      listen(page, 'online', tell('online'));
      listen(page, 'offline', tell('offline'));
      listen(page, 'pageshow', tell('shown'));
      listen(page.document, 'visibilitychange', () => {
        if (page.document?.visibilityState === 'visible') changed('shown');
      });
      return () => {
        for (const remove of undo.splice(0)) remove();
      };
    },
  };
}

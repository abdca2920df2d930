/** What the scripts for k6 tell of each request, in metrics of their own, and how k6 hands them over at its end. */
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';

/**
 * Called once, before k6 runs anything: a metric can be made only then. `failures` names the counter of each reason,
 * `expected` is the status of a success.
 */
export function outcomesOf(failures, expected) {
  // A status that is not the expected one is for the scripts to judge.
  http.setResponseCallback(null);
  const sent = new Counter('load_sent');
  const succeeded = new Counter('load_succeeded');
  const latency = new Trend('load_latency', true);
  const failed = new Map(Object.entries(failures).map(([reason, counter]) => [reason, new Counter(counter)]));

  /** By k6's error codes (its documentation, "Error codes"). */
  function reasonOf({ status, error_code: code, error }) {
    if (status === expected) return undefined;
    if (status > 0) return failed.has(`status ${status}`) ? `status ${status}` : 'other';
    if (code === 1050) return 'timeout';
    if (code === 1211) return 'no-connection';
    if (code === 1212) return 'refused';
    return code === 1220 || code === 1221 || /EOF|reset|broken pipe/.test(error) ? 'reset' : 'other';
  }

  /** @param late_ms how long after the moment it was due the request was sent */
  return function tell(response, late_ms) {
    const reason = reasonOf(response);
    if (reason !== 'refused' && reason !== 'no-connection') sent.add(1);
    if (reason !== undefined) return failed.get(reason).add(1);
    succeeded.add(1);
    const { blocked, duration } = response.timings;
    latency.add(late_ms + blocked + duration);
  };
}

/** The scripts' own metrics, and those that a threshold is on. */
export function summaryIn(file, data) {
  const own = Object.entries(data.metrics).filter(
    ([name, { thresholds }]) => name.startsWith('load_') || thresholds !== undefined,
  );
  return { [file]: JSON.stringify(Object.fromEntries(own)) };
}

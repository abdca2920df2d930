/** The evaluations of the page: loaded from the API, and added to as they come. */
import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import { ApiError } from './api.ts';
import { type Evaluation, merge } from './evaluations.ts';
import { loadEvaluations } from './load-evaluations.ts';

export interface Evaluations {
  readonly evaluations: readonly Evaluation[];
  readonly isLoading: boolean;
  /** Why the load under way has not succeeded yet. */
  readonly trouble: string | undefined;
  add(evaluation: Evaluation): void;
  /** Loads all anew, in place of a load under way: what that one has read may be older than what was missed. */
  reload(): void;
}

/** Loads at once. @param token gives the newest @param onRefused it is not taken (any more) */
export function useEvaluations(token: () => string, onRefused: () => void): Evaluations {
  const [evaluations, setEvaluations] = useState<readonly Evaluation[]>([]);
  const [isLoading, setIsLoading] = useState(true);
  const [trouble, setTrouble] = useState<string>();
  const [turn, setTurn] = useState(0);
  const refused = useEffectEvent(onRefused);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn is a load
  useEffect(() => {
    const leaving = new AbortController();
    loadEvaluations(token, leaving.signal, (error) => setTrouble(messageOf(error))).then(
      (loaded) => {
        setEvaluations((held) => merge(held, loaded));
        setIsLoading(false);
        setTrouble(undefined);
      },
      (error: unknown) => {
        if (leaving.signal.aborted) return;
        if (error instanceof ApiError && error.status === 401) refused();
        setIsLoading(false);
        setTrouble(messageOf(error));
      },
    );
    return () => leaving.abort();
  }, [token, turn]);

  const add = useCallback((one: Evaluation) => setEvaluations((held) => merge(held, [one])), []);
  const reload = useCallback(() => {
    setIsLoading(true);
    setTurn((before) => before + 1);
  }, []);
  return { evaluations, isLoading, trouble, add, reload };
}

function messageOf(error: unknown): string {
  return error instanceof ApiError ? error.message : 'the server cannot be reached';
}

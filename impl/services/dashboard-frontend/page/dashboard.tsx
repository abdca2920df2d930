/** The live dashboard: what has been evaluated, how the agents do, and whether the page is live. */

import { ConnectionStatus, useWebSocket } from 'release:websocket';
import { useRef, useState } from 'react';
import { EvaluationList } from './evaluation-list.tsx';
import { evaluationOf } from './evaluations.ts';
import { RewardChart } from './reward-chart.tsx';
import type { Session } from './session.ts';
import { useEvaluations } from './use-evaluations.ts';
import { useToken } from './use-token.ts';

interface DashboardProps {
  readonly session: Session;
  /** @param why what to tell the user; nothing when that was the user's wish */
  readonly onEnd: (why?: string) => void;
}

const CHANNELS = ['evaluations'];
const ENDED = 'Your session has ended. Log in again.';

function socketUrl(): string {
  return new URL('/ws', location.href.replace(/^http/, 'ws')).href;
}

export function Dashboard({ session, onEnd }: DashboardProps) {
  const end = () => onEnd(ENDED);
  const token = useToken(session, end);
  const { evaluations, isLoading, trouble, add, reload } = useEvaluations(token, end);
  const lastToken = useRef<string>(undefined);
  const [url] = useState(socketUrl);
  const wasSubscribed = useRef(false);
  const [hasGap, setHasGap] = useState(false);
  if (hasGap && !isLoading) setHasGap(false);

  const state = useWebSocket({
    url,
    channels: CHANNELS,
    token({ refused }) {
      // The connection ends with the token it was made with (4401), and comes back with the newest.
      if (refused && token() === lastToken.current) end();
      lastToken.current = token();
      return lastToken.current;
    },
    onEvent({ payload }) {
      const evaluation = evaluationOf(payload);
      if (evaluation) add(evaluation);
    },
    onSubscribed() {
      if (wasSubscribed.current) return;
      wasSubscribed.current = true;
      reload(); // What was committed since the page loaded its list, and before events come.
    },
    onGap() {
      setHasGap(true);
      reload();
    },
    // biome-ignore lint/suspicious/noConsole: for whoever looks why a page is not live
    onError: (error) => console.warn(error.message),
  });

  return (
    <>
      <header>
        <h1>T.A.R.S. dashboard</h1>
        <ConnectionStatus state={state} isReloading={hasGap} />
        <p className="user">{session.username}</p>
        <button type="button" onClick={() => onEnd()}>
          Log out
        </button>
      </header>
      <main aria-busy={isLoading}>
        {trouble && (
          <p role="alert" className="failure">
            The list is not complete: {trouble}.{isLoading && ' Trying again…'}
          </p>
        )}
        <RewardChart evaluations={evaluations} />
        <EvaluationList evaluations={evaluations} isLoading={isLoading} />
      </main>
    </>
  );
}

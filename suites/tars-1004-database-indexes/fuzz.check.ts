/** Hundreds of requests drawn from the description of the API: none is a failure of the service, and no page is a wrong one. */
import fc from 'fast-check';
import { login } from '../../fixtures/api-client.ts';
import { SMALL } from '../../fixtures/evaluation-data/parameters.ts';
import { dashboardOnData } from '../../fixtures/stacks/dashboard-on-data.ts';
import { check } from '../../harness/checks/check.ts';
import { type Answer, ask, wrongWithProblem } from './answers.ts';
import { type DrawnRequest, drawnRequests } from './drawn-requests.ts';
import { operationsOf, wrongWithAnswer } from './openapi.ts';
import { allEvaluations, rightPage } from './right-page.ts';
import { connectTo } from './sessions.ts';

const RUNS = { smoke: 300, standard: 300, nightly: 10_000 } as const;
const HISTORY = 'GET /api/v1/evaluations';
const FORGED = 'eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYWRtaW4ifQ.';

const ANSWERED = 'each request is answered as the description says, or refused with a code; no answer is a 5xx';
const SERVED = 'one request in ten or more was served: they are not all turned away at the door';
const ALIVE = 'the API never ended by itself and is ready after all of it';

check(
  'tars-1004/fuzz',
  {
    lane: 'functional',
    stack: dashboardOnData(SMALL),
    arms: ['candidate'],
    facts: [ANSWERED, SERVED, ALIVE],
    from: 'standard',
    // Queued evaluations and keys stay behind.
    destroysStack: true,
    timeout_ms: 600_000,
  },
  async ({ stack, profile, seed, fact, signal }) => {
    // Nothing is settled meanwhile: which page is right stands fast.
    await stack.engine.stop();
    const tokens = {
      viewer: await login(stack, 'viewer'),
      operator: await login(stack, 'operator'),
      admin: await login(stack, 'admin'),
      forger: FORGED,
    };
    const client = await connectTo(stack.postgresUrl);
    const all = await allEvaluations(client).finally(() => client.end());
    const operations = await operationsOf(stack.api);

    const tried = new Set<string>();
    let served = 0;
    let pages = 0;
    const wrongWith = (request: DrawnRequest, answer: Answer): string | undefined => {
      if (answer.status >= 400) return wrongWithProblem(answer);
      served += 1;
      const wrong = wrongWithAnswer(request.operation, answer);
      if (wrong !== undefined || request.operation.id !== HISTORY) return wrong;
      pages += 1;
      const { evaluations } = JSON.parse(answer.text) as { evaluations: { id: string }[] };
      const right = rightPage(all, request.query);
      return JSON.stringify(evaluations.map(({ id }) => id)) === JSON.stringify(right)
        ? undefined
        : `a wrong page: ${evaluations.length} evaluations where ${right.length} were right, or others`;
    };
    const result = await fc.check(
      fc.asyncProperty(drawnRequests(operations.values()), async (request) => {
        signal.throwIfAborted();
        const { operation, path, query, body, as } = request;
        const text = new URLSearchParams(query).toString();
        const answer = await ask(stack.api, text === '' ? path : `${path}?${text}`, {
          method: operation.method,
          ...(as !== 'nobody' && { token: tokens[as] }),
          ...(body !== undefined && { body }),
        });
        tried.add(operation.id);
        const wrong = wrongWith(request, answer);
        if (wrong !== undefined) throw new Error(wrong);
      }),
      { seed, numRuns: RUNS[profile] },
    );
    signal.throwIfAborted();
    const [example] = result.counterexample ?? [];
    fact(
      ANSWERED,
      !result.failed,
      example === undefined
        ? `${result.numRuns} requests, ${served} served, ${pages} pages`
        : `seed ${seed}: ${example.operation.id} ${JSON.stringify({ ...example, operation: undefined })}: ${result.errorInstance}`,
    );
    const untried = [...operations.keys()].filter((id) => !tried.has(id));
    fact(SERVED, served >= result.numRuns / 10, `not tried: ${untried.join(', ') || 'none'}; ${served} served`);
    const ready = await ask(stack.api, '/health/ready');
    fact(
      ALIVE,
      ready.status === 200 && stack.api.ownEnds.length === 0,
      `${ready.status} ${stack.api.ownEnds.join(', ')}`,
    );
  },
);

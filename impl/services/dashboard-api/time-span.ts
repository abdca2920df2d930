/** A span of time in a query string: `from` counts, `to` does not any more. */
import { type FieldFault, Problem } from './problem-details.ts';

export interface SpanQuery {
  readonly from?: string;
  readonly to?: string;
}

export interface TimeSpan {
  readonly from?: Date;
  readonly to?: Date;
}

const moment = { type: 'string', format: 'date-time', maxLength: 40 };

export const spanProperties = {
  from: { ...moment, description: 'the first moment that counts' },
  to: { ...moment, description: 'the first moment that does not count any more' },
};

const day_ms = 24 * 60 * 60 * 1000;

/** The span that is asked for, and what is wrong with it. */
export function readSpan(query: SpanQuery): { span: TimeSpan; faults: FieldFault[] } {
  const from = query.from === undefined ? undefined : new Date(query.from);
  const to = query.to === undefined ? undefined : new Date(query.to);
  const faults: FieldFault[] = [];
  const fault = (field: string, message: string) => faults.push({ in: 'querystring', field, message });
  if (from !== undefined && Number.isNaN(from.getTime())) fault('/from', 'is not a moment');
  if (to !== undefined && Number.isNaN(to.getTime())) fault('/to', 'is not a moment');
  if (from !== undefined && to !== undefined && from >= to) fault('/to', 'must be after "from"');
  return { span: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }, faults };
}

/** Says what is wrong with a query, if anything is. @throws Problem `invalid-request` */
export function refuseFaults(errors: readonly FieldFault[]): void {
  if (errors.length === 0) return;
  const detail = errors.map(({ in: where, field, message }) => `${where}${field} ${message}`).join('; ');
  throw new Problem('invalid-request', detail, { errors });
}

/** A span with both ends: until now by default, and of a day. @throws Problem `invalid-request` */
export function boundedSpan(query: SpanQuery): Required<TimeSpan> {
  const { span, faults } = readSpan(query);
  refuseFaults(faults);
  const to = span.to ?? (span.from === undefined ? new Date() : new Date(span.from.getTime() + day_ms));
  return { from: span.from ?? new Date(to.getTime() - day_ms), to };
}

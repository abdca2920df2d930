/** The statement of a drawn page by itself, as the product writes it: what no API on top of it can be quicker than. */
import { type DrawnPage, queryOf } from '../../../fixtures/load/evaluation-pages.ts';
import { pageRequestOf } from '../../../impl/database/page-request.ts';
import { type PageStatement, pageStatement } from '../../../impl/database/page-statement.ts';

export function statementOf(page: DrawnPage): PageStatement {
  return pageStatement(pageRequestOf(Object.fromEntries(new URLSearchParams(queryOf(page, 'v1.0.1')))));
}

/** The same with its values in it, for pgbench. They are drawn by us: numbers, ids of agents, UUIDs. */
export function literalStatementOf(page: DrawnPage): string {
  const { text, values } = statementOf(page);
  return text.replaceAll(/\$(\d+)/g, (_, position) => {
    const value = values[Number(position) - 1];
    return typeof value === 'number' ? String(value) : `'${value instanceof Date ? value.toISOString() : value}'`;
  });
}

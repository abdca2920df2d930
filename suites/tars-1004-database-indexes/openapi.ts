/** The description that a release gives of its API (OpenAPI 3.1), and answers held against it. */
import { z } from 'zod';
import { type Answer, ask } from './answers.ts';

/** A JSON Schema as far as these documents use it. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly [keyword: string]: unknown;
}

const schema = z.custom<Schema>((value) => typeof value === 'object' && value !== null);
const media = z.record(z.string(), z.object({ schema }));

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        parameters: z
          .array(
            z.object({
              name: z.string(),
              in: z.enum(['query', 'path', 'header']),
              schema,
              required: z.boolean().default(false),
            }),
          )
          .default([]),
        requestBody: z.object({ content: media }).optional(),
        responses: z.record(z.string(), z.object({ content: media.optional() })),
      }),
    ),
  ),
});

export interface Operation {
  /** `GET /api/v1/agents` */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'query' | 'path' | 'header';
    readonly schema: Schema;
    readonly required: boolean;
  }[];
  readonly body?: Schema;
  /** By status; `undefined` where there is no body. */
  readonly responses: ReadonlyMap<number, Schema | undefined>;
}

/** Every operation that the release at this address describes. @throws ZodError for what is no such document */
export async function operationsOf(api: { readonly address: string }): Promise<ReadonlyMap<string, Operation>> {
  const { paths } = documentSchema.parse(JSON.parse((await ask(api, '/openapi.json')).text));
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([name, { parameters, requestBody, responses }]): Operation => {
      const method = name.toUpperCase();
      const body = requestBody?.content['application/json']?.schema;
      return {
        id: `${method} ${path}`,
        method,
        path,
        parameters,
        ...(body !== undefined && { body }),
        responses: new Map(
          Object.entries(responses).map(([status, { content }]) => [
            Number(status),
            content?.['application/json']?.schema,
          ]),
        ),
      };
    }),
  );
  return new Map(operations.map((operation) => [operation.id, operation]));
}

/**
 * What of an answer the description does not allow; `undefined` when nothing is. Read as strictly as a client can: a
 * field that is described must be there, and one that is not described may not.
 */
export function wrongWithAnswer({ responses }: Pick<Operation, 'responses'>, answer: Answer): string | undefined {
  const { status, headers, text } = answer;
  if (!responses.has(status)) return `status ${status}: ${text.slice(0, 200)}`;
  const described = responses.get(status);
  if (described === undefined || described.type === 'null') return text === '' ? undefined : `a body with ${status}`;
  const type = headers.get('content-type');
  if (!type?.startsWith('application/json')) return `content type ${type}`;
  const read = z
    .fromJSONSchema(strict(described) as Parameters<typeof z.fromJSONSchema>[0])
    .safeParse(JSON.parse(text));
  return read.success ? undefined : z.prettifyError(read.error).slice(0, 500);
}

function strict(one: Schema): Schema {
  const { properties, items, format, ...same } = one;
  return {
    ...same,
    // As the description means it: of any version, where the reader would take those of RFC 9562 alone.
    ...(format === 'uuid' ? { pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' } : format && { format }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, strict(inner)])),
      required: Object.keys(properties),
      additionalProperties: false,
    }),
    ...(items !== undefined && { items: strict(items) }),
  };
}

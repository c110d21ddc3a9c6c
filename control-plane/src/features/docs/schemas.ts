/** Zod schemas as JSON Schema 2020-12, those with a name as components that others refer to. */
import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** `input`: what a client may send; `output`: what it gets. */
type Direction = 'input' | 'output';

export interface Schemas {
  /** The schema, or a reference to its component. */
  of(schema: z.ZodType, direction: Direction): JsonSchema;
  /** What has been said of it in contracts. */
  describe(schema: z.ZodType): string | undefined;
  /** All that were referred to so far, by name. */
  readonly components: Record<string, JsonSchema>;
}

/** @param examples of some of them, by name */
export function createSchemas(
  named: Record<string, z.ZodType>,
  examples: Readonly<Record<string, unknown>> = {},
): Schemas {
  const names = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) names.add(schema, { id });
  const components: Record<string, JsonSchema> = {};

  const texts = new Map<string, string>();

  function add(name: string, schema: JsonSchema): void {
    const text = JSON.stringify(schema);
    if (texts.has(name) && texts.get(name) !== text) {
      throw new Error(`${name} is one thing in requests and another in answers; export a schema for each`);
    }
    texts.set(name, text);
    components[name] = name in examples ? { ...schema, examples: [examples[name]] } : schema;
  }

  return {
    components,
    describe: (schema) => z.globalRegistry.get(schema)?.description,
    of(schema, direction) {
      // As a member of something, a named schema comes out as a reference to its definition.
      const { $defs = {}, properties } = z.toJSONSchema(z.object({ it: schema }), {
        io: direction,
        metadata: names,
        override: ({ zodSchema, jsonSchema }) => finish(zodSchema, jsonSchema, direction),
      });
      for (const [name, definition] of Object.entries($defs)) add(name, refer(definition));
      return refer(properties!['it'] as JsonSchema);
    },
  };
}

function finish(schema: z.core.$ZodType, json: z.core.JSONSchema.BaseSchema, direction: Direction): void {
  const { description, examples } = z.globalRegistry.get(schema) ?? {};
  if (description !== undefined) json.description = description;
  if (Array.isArray(examples)) json.examples = examples;
  // Zod tells of a format with one more check on top by its patterns alone.
  if (schema instanceof z.ZodUUID) json.format = 'uuid';
  // What the format says already; half a screen of digits and bars says it no better.
  if (json.format !== undefined) {
    delete json.pattern;
    delete json.allOf;
  }
  if (json.pattern !== undefined) json.pattern = portable(json.pattern);
  // An answer may gain fields in time.
  if (direction === 'output' && json.additionalProperties === false && !isStrict(schema)) {
    delete json.additionalProperties;
  }
}

/**
 * Within the subset of regular expressions that readers in any language understand (JSON Schema core, section 6.4).
 * Lone surrogates cannot be written in UTF-8 in any case.
 */
function portable(pattern: string): string {
  return pattern.replaceAll('\\p{Cs}', '').replaceAll('\\p{Cc}', '\\u0000-\\u001f\\u007f-\\u009f');
}

function isStrict(schema: z.core.$ZodType): boolean {
  return schema instanceof z.ZodObject && schema.def.catchall instanceof z.ZodNever;
}

/** From the places where zod puts definitions to the one where OpenAPI wants them. */
function refer(json: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(json), (key, value: unknown) => {
    if (key === 'id') return typeof value === 'object' ? value : undefined;
    return key === '$ref' && typeof value === 'string'
      ? value.replace('#/$defs/', '#/components/schemas/')
      : value;
  }) as JsonSchema;
}

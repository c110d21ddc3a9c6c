// TraceQL of a search, to Tempo 2.8 (https://grafana.com/docs/tempo/latest/traceql/). One filter: all conditions hold for
// one and the same span.
import type { Attribute, Condition, Pattern, SearchQuery } from '../language/query.ts';
import { containsRegex, durationText, literal, matches } from './literals.ts';
import type { Translation } from './translation.ts';

/** Where the words of a free text may stand. Attributes that a span may lack cannot be excluded from: see below. */
const TEXT_INTRINSICS = ['name', 'statusMessage'] as const;
const TEXT_ATTRIBUTES = ['span.http.url', 'span.http.route', 'event.exception.message'] as const;

const SCOPE = /^(?:resource|span|event|link|instrumentation)\./;
const NUMBER = /^-?\d{1,15}(?:\.\d{1,9})?$/;

/** @param serviceAttributes names of resource attributes; the first is the one that counts */
export function toTraceql({ conditions }: SearchQuery, serviceAttributes: readonly string[]): Translation {
  const services = serviceAttributes.map((name) => attributeName(`resource.${name}`));
  const all: string[] = [];
  for (const condition of conditions) {
    switch (condition.kind) {
      case 'text':
        all.push(textCondition(condition.text, condition.isExcluded, services));
        break;
      case 'service':
        all.push(
          anyOrNone(
            services.map((name) => `${name} ${spaced(condition.pattern, condition.isExcluded)}`),
            condition.isExcluded,
          ),
        );
        break;
      case 'name':
        all.push(`name ${spaced(condition.pattern, condition.isExcluded)}`);
        break;
      case 'attribute':
        all.push(attributeCondition(condition));
        break;
      case 'compared':
        all.push(comparedCondition(condition));
        break;
      case 'level': {
        // The status of a span is all it has of a level.
        const hasError = condition.levels.includes('error');
        if (!condition.isExcluded && !hasError)
          return { inapplicable: 'a span is of level error or of none' };
        if (hasError) all.push(`status ${condition.isExcluded ? '!=' : '='} error`);
        break;
      }
      case 'duration':
        all.push(`duration ${condition.comparison} ${durationText(condition.nanos)}`);
        break;
      case 'trace':
        all.push(traceIdCondition(condition.id, condition.isExcluded));
        break;
      case 'span':
        all.push(`span:id ${condition.isExcluded ? '!=' : '='} ${literal(condition.id)}`);
        break;
    }
  }
  return { branches: [all.length === 0 ? '{}' : `{ ${all.join(' && ')} }`] };
}

/**
 * Tempo 2.8 finds no id that begins with a zero byte, as all of 64 bits do, by `=` or `!=`: its filter of bytes
 * (createBytesPredicate in block_traceql.go) takes leading zero bytes away though the stored ids have them. An expression
 * is compared with the id as Tempo writes it, without leading zeros.
 */
export function traceIdCondition(id: string, isExcluded = false): string {
  const trimmed = id.replace(/^0+/, '');
  if (id.startsWith('00')) return `trace:id ${isExcluded ? '!~' : '=~'} ${literal(`^0*${trimmed}$`)}`;
  return `trace:id ${isExcluded ? '!=' : '='} ${literal(trimmed)}`;
}

function textCondition(text: string, isExcluded: boolean, services: readonly string[]): string {
  const operator = isExcluded ? '!~' : '=~';
  const regex = literal(containsRegex(text));
  // `!~` does not hold for an attribute that is not there, so excluding looks only at what every span has.
  const places = [...TEXT_INTRINSICS, ...services, ...(isExcluded ? [] : TEXT_ATTRIBUTES)];
  return anyOrNone(
    places.map((place) => `${place} ${operator} ${regex}`),
    isExcluded,
  );
}

/** An attribute of any type: what looks like a number or a boolean may be stored as one, or as a string. */
function attributeCondition({ name, pattern, isExcluded }: Attribute): string {
  const attribute = attributeName(name);
  const operator = isExcluded ? '!=' : '=';
  const { text, isGlob } = pattern;
  const asString = `${attribute} ${spaced(pattern, isExcluded)}`;
  const isTyped = !isGlob && (NUMBER.test(text) || text === 'true' || text === 'false');
  // A comparison of two types never holds, `!=` included: so it is "or" both ways.
  return isTyped ? `(${attribute} ${operator} ${text} || ${asString})` : asString;
}

function comparedCondition({ name, comparison, value }: Extract<Condition, { kind: 'compared' }>): string {
  const operand = 'number' in value ? value.number : durationText(value.durationNanos);
  return `${attributeName(name)} ${comparison} ${operand}`;
}

/** Without a scope it is looked for in all of them. Anything but letters, digits, `_` and `.` is quoted. */
function attributeName(name: string): string {
  const scope = SCOPE.exec(name)?.[0] ?? '.';
  const rest = scope === '.' ? name : name.slice(scope.length);
  return scope + (/^[A-Za-z_][\w.]*$/.test(rest) ? rest : literal(rest));
}

const spaced = (pattern: Pattern, isExcluded: boolean): string =>
  matches(pattern, isExcluded).replace(/^(!=|=~|!~|=)/, '$1 ');

function anyOrNone(conditions: readonly string[], isExcluded: boolean): string {
  const joined = conditions.join(isExcluded ? ' && ' : ' || ');
  return conditions.length === 1 ? joined : `(${joined})`;
}

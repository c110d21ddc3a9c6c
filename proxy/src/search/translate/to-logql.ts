// LogQL of a search, to Loki 3 (https://grafana.com/docs/loki/latest/query/). Text is looked for in the line; everything
// else in labels and structured metadata, under the names that Loki makes of OpenTelemetry's.
import type { Condition, Level, SearchQuery } from '../language/query.ts';
import { spellingsOf } from '../severity.ts';
import { durationText, escapeRegex, labelName, literal, matches } from './literals.ts';
import { isConditionOf, serviceBranches } from './translation.ts';
import type { Translation } from './translation.ts';

/** A selector needs a matcher, and this one holds for everything that is ours. */
const ANYTHING = 'tenant_id!=""';

/**
 * A log query per branch; no line is found by two of them.
 * @param serviceLabels the service is the first of these that a stream has
 */
export function toLogql({ conditions }: SearchQuery, serviceLabels: readonly string[]): Translation {
  const lineFilters: string[] = [];
  const labelFilters: string[] = [];
  const traceFilters: string[] = [];
  for (const condition of conditions) {
    switch (condition.kind) {
      case 'service':
        break;
      case 'text':
        lineFilters.push(
          `${condition.isExcluded ? '!~' : '|~'} ${literal(`(?i)${escapeRegex(condition.text)}`)}`,
        );
        break;
      case 'level':
        labelFilters.push(levelFilter(condition));
        break;
      case 'trace':
        if (condition.isExcluded) {
          lineFilters.push(`!= ${literal(condition.id)}`);
          labelFilters.push(`trace_id!=${literal(condition.id)}`);
        } else traceFilters.push(ofTrace(condition.id));
        break;
      case 'span':
        labelFilters.push(`span_id${condition.isExcluded ? '!=' : '='}${literal(condition.id)}`);
        break;
      case 'attribute':
        labelFilters.push(labelName(condition.name) + matches(condition.pattern, condition.isExcluded));
        break;
      case 'compared':
        labelFilters.push(comparedFilter(condition));
        break;
      case 'name':
        if (!condition.isExcluded) return { inapplicable: 'a log line has no name' };
        break;
      case 'duration':
        return { inapplicable: 'a log line has no duration' };
    }
  }
  const pipeline = [
    ...lineFilters,
    ...labelFilters.map((filter) => `| ${filter}`),
    ...traceFilters,
    // A value that is no number fails the comparison, and the line stays, marked.
    ...(conditions.some(isConditionOf('compared')) ? ['| __error__=""'] : []),
  ];
  const selectors = serviceBranches(serviceLabels, conditions.filter(isConditionOf('service')));
  const branches = selectors.map((matchers) =>
    [`{${matchers.length > 0 ? matchers.join(', ') : ANYTHING}}`, ...pipeline].join(' '),
  );
  return { branches: branches as [string, ...string[]] };
}

/**
 * OTLP keeps the trace's id beside the line; others write it into the line. LogQL has no `or` of a line filter and a label
 * filter, and two queries read every line twice: so what is in the line is made a label for a moment.
 */
function ofTrace(id: string): string {
  const inLine = 'trace_id_in_line';
  return `| regexp ${literal(`(?P<${inLine}>${id})`)} | trace_id=${literal(id)} or ${inLine}=${literal(id)} | drop ${inLine}`;
}

/** The level is what Loki detected; where it could not, what the sender called it. See `severityOf` in sources/loki.ts. */
function levelFilter({ levels, isExcluded }: Level): string {
  const spellings = levels.flatMap(spellingsOf);
  const detected = literal(spellings.join('|'));
  const sent = literal(`(?i)(?:${spellings.join('|')})[1-4]?`);
  const undetected = literal('|unknown');
  return isExcluded
    ? `detected_level!~${detected} and (detected_level!~${undetected} or (severity_text!~${sent} and (severity_text!="" or level!~${sent})))`
    : `detected_level=~${detected} or (detected_level=~${undetected} and (severity_text=~${sent} or (severity_text="" and level=~${sent})))`;
}

function comparedFilter({ name, comparison, value }: Extract<Condition, { kind: 'compared' }>): string {
  const operand = 'number' in value ? value.number : durationText(value.durationNanos);
  return `${labelName(name)} ${comparison} ${operand}`;
}

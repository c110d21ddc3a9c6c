// The series that a search is about, as PromQL selectors (https://prometheus.io/docs/prometheus/latest/querying/basics/).
// Text is looked for in the name of the metric, and in the service.
import type { SearchQuery } from '../language/query.ts';
import { containsRegex, labelName, literal, matches } from './literals.ts';
import { isConditionOf, serviceBranches } from './translation.ts';
import type { Translation } from './translation.ts';

/**
 * Selectors of which a series may match several.
 * @param serviceLabels the service is the first of these that a series has
 */
export function toPromql({ conditions }: SearchQuery, serviceLabels: readonly string[]): Translation {
  const shared: string[] = [];
  for (const condition of conditions) {
    switch (condition.kind) {
      case 'service':
        break;
      case 'text':
        if (condition.isExcluded) shared.push(`__name__!~${literal(containsRegex(condition.text))}`);
        break;
      case 'name':
        shared.push(`__name__${matches(condition.pattern, condition.isExcluded)}`);
        break;
      case 'attribute':
        shared.push(labelName(condition.name) + matches(condition.pattern, condition.isExcluded));
        break;
      case 'level':
        if (!condition.isExcluded) return { inapplicable: 'a metric has no level' };
        break;
      case 'trace':
      case 'span':
        if (!condition.isExcluded) return { inapplicable: `a metric has no ${condition.kind}` };
        break;
      case 'duration':
        return { inapplicable: 'a metric has no duration' };
      case 'compared':
        return { inapplicable: 'labels of metrics are not compared' };
    }
  }
  const services = conditions.filter(isConditionOf('service'));
  const texts = conditions.filter(isConditionOf('text')).filter(({ isExcluded }) => !isExcluded);
  const contained = texts.map(({ text }) => `=~${literal(containsRegex(text))}`);
  const inName = serviceBranches(serviceLabels, services).map((matchers) => [
    ...contained.map((matcher) => `__name__${matcher}`),
    ...matchers,
  ]);
  // Who names the service means the metric by the rest.
  const inService =
    texts.length === 0 || services.length > 0
      ? []
      : serviceLabels.map((label, i) => [
          ...serviceLabels.slice(0, i).map((earlier) => `${earlier}=""`),
          ...contained.map((matcher) => label + matcher),
        ]);
  const branches = [...inName, ...inService].map((matchers) => `{${[...matchers, ...shared].join(',')}}`);
  return { branches: branches as [string, ...string[]] };
}

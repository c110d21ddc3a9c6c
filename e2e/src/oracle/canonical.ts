// Brings an answer into a form in which two answers of equal meaning are equal text. What is left out or sorted,
// and why:
// - the order of series, streams, labels, traces and tag values, which no store promises (what `sort()` puts in
//   order is compared in order, see `keepsOrder`);
// - Loki's `stats` and Tempo's `metrics`: how much was read to find the answer, which depends on what else there is;
// - the exemplars of Tempo's metrics, which are some of the spans, not always the same ones;
// - Tempo's `spanSet`, which repeats one of `spanSets`, whichever comes first;
// - the positions in Prometheus' warnings and infos, which count characters of the enforced text;
// - the attribute `tenant_id` in Tempo's spans and exemplars: Tempo shows every attribute that a query names, and the
//   proxy names this one. Only with the caller's own value.
// - the values of `status` and `kind` that are not keywords: for spans in its finished blocks Tempo also lists their
//   numbers, and a nameless one, depending on whether it is asked with a filter.
import type { Question } from './question.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** @throws when the text is not JSON */
export function canonical(question: Question, text: string, tenantId: string): string {
  const answer = JSON.parse(text) as Json;
  const kept = without(LEFT_OUT[question.api], answer);
  const cleaned =
    question.api === 'tempo' ? withoutTenantAttribute(withoutNumbers(question, kept), tenantId) : kept;
  return JSON.stringify(sorted(cleaned, keepsOrder(question)));
}

/** Whether an answer holds anything: equal emptiness proves little. */
export function isEmpty({ api }: Question, text: string): boolean {
  const hasValues = (value: Json): boolean => {
    if (Array.isArray(value)) return value.length > 0;
    return value !== null && typeof value === 'object' && Object.values(value).some(hasValues);
  };
  return !hasValues(without(LEFT_OUT[api], JSON.parse(text) as Json));
}

const LEFT_OUT = { prometheus: [], loki: ['stats'], tempo: ['metrics', 'spanSet', 'exemplars'] };

function without(names: readonly string[], value: Json): Json {
  if (Array.isArray(value)) return value.map((each) => without(names, each));
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([key]) => !names.includes(key));
  return Object.fromEntries(kept.map(([key, each]) => [key, without(names, each)]));
}

const isOfEnum = ({ path }: Question): boolean => /\/tag\/(?:status|kind)\/values$/.test(path);

function withoutNumbers(question: Question, answer: Json): Json {
  if (!isOfEnum(question) || answer === null || typeof answer !== 'object' || Array.isArray(answer))
    return answer;
  const { tagValues = [] } = answer as { tagValues?: { [key: string]: Json }[] };
  return { ...answer, tagValues: tagValues.filter(({ type }) => type === 'keyword') };
}

const keepsOrder = ({ params }: Question): boolean => {
  const query = params?.query;
  return typeof query === 'string' && /^\s*sort/.test(query);
};

function sorted(value: Json, inOrder: boolean): Json {
  if (Array.isArray(value)) {
    const items = value.map((each) => sorted(each, false));
    // A sample or a log line is an array whose places have meanings.
    if (inOrder || isTuple(value)) return items;
    return items.sort(byText);
  }
  if (value === null || typeof value !== 'object') {
    return typeof value === 'string' ? value.replace(/ \(\d+:\d+\)$/, '') : value;
  }
  const entries = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]): [string, Json] => [
      key,
      sorted(each, inOrder && (key === 'data' || key === 'result')),
    ]);
  return Object.fromEntries(entries);
}

const isTuple = (items: Json[]): boolean =>
  items.some((item) => typeof item === 'number') ||
  (items.length >= 2 && typeof items[0] === 'string' && /^\d{13,}$/.test(items[0]));

function byText(a: Json, b: Json): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** An empty list of attributes is none at all, as Tempo writes it. */
function withoutTenantAttribute(value: Json, tenantId: string): Json {
  if (Array.isArray(value)) {
    return value
      .filter((each) => !isTenantAttribute(each, tenantId))
      .map((each) => withoutTenantAttribute(each, tenantId));
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, each]): [string, Json] => [
    key,
    withoutTenantAttribute(each, tenantId),
  ]);
  return Object.fromEntries(
    entries.filter(([key, each]) => key !== 'attributes' || !Array.isArray(each) || each.length > 0),
  );
}

function isTenantAttribute(value: Json, tenantId: string): boolean {
  return ['tenant_id', 'resource.tenant_id'].some(
    (key) => JSON.stringify(value) === JSON.stringify({ key, value: { stringValue: tenantId } }),
  );
}

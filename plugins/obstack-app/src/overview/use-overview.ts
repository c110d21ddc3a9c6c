import { useEffect, useMemo, useState } from 'react';
import { catchError, forkJoin, from, map, mergeMap, type Observable, of } from 'rxjs';
import type { TimeRange } from '@grafana/data';
import { lokiInstant, promInstant, promRange, type Series, stepOf } from '../stores/prometheus';
import { Failure } from '../streams/failure';
import { getJson, type Params } from '../streams/get-json';
import type { Answers } from './health';
import { type Annotation, DEPLOY_TAGS } from './markers';
import { ALERTS, durationP95, errorLines, failureRate, requestRate, topErrors, VERSIONS } from './queries';

/** Questions under way at once: a browser has six connections to Grafana, and others need some. */
const AT_ONCE = 4;
const POINTS = 48;
const TOP_ERRORS = 8;
/** Rates look back at least this far, so that senders that report once a minute count. */
const LEAST_WINDOW_MS = 120_000;

export interface OverviewAnswers extends Answers {
  topErrors?: readonly Series[];
  versions?: readonly Series[];
  alerts?: readonly Series[];
  annotations?: readonly Annotation[];
}
type Part = keyof OverviewAnswers;

export interface OverviewState {
  running: boolean;
  answers: OverviewAnswers;
  failures: Partial<Record<Part, Failure>>;
  stepMs: number;
}

type Question = readonly [part: Part, ask: () => Observable<OverviewAnswers[Part]>];

/** Asks again whenever `range` is another object; what was known of the one before stays until the new answer to it. */
export function useOverview(range: TimeRange): OverviewState {
  const { stepMs, questions } = useMemo(() => questionsOf(range), [range]);
  const [state, setState] = useState<State>({ of: null, isDone: false, answers: {}, failures: {} });

  useEffect(() => {
    const update = (patch: (before: State) => Partial<State>) =>
      setState((before) => {
        const own = before.of === questions ? before : { ...before, of: questions, isDone: false, failures: {} };
        return { ...own, ...patch(own) };
      });
    const asking = from(questions)
      .pipe(
        mergeMap(
          ([part, ask]) =>
            ask().pipe(
              map((answer) => ({ part, answer, failure: undefined })),
              catchError((error: unknown) => of({ part, answer: undefined, failure: failureFrom(error) }))
            ),
          AT_ONCE
        )
      )
      .subscribe({
        next: ({ part, answer, failure }) =>
          update(({ answers, failures }) => ({
            answers: { ...answers, [part]: answer },
            failures: failure ? { ...failures, [part]: failure } : failures,
          })),
        complete: () => update(() => ({ isDone: true })),
      });
    return () => asking.unsubscribe();
  }, [questions]);

  const isOwn = state.of === questions;
  return {
    running: !isOwn || !state.isDone,
    answers: state.answers,
    failures: isOwn ? state.failures : NO_FAILURES,
    stepMs,
  };
}

interface State extends Pick<OverviewState, 'answers' | 'failures'> {
  /** Which questions the failures are about. */
  of: readonly Question[] | null;
  isDone: boolean;
}

const NO_FAILURES: OverviewState['failures'] = {};

/** In order of what is looked at first. */
function questionsOf(range: TimeRange) {
  const span = { from: range.from.valueOf(), to: Math.min(range.to.valueOf(), Date.now()) };
  const whole = `${Math.max(1, Math.round((span.to - span.from) / 1000))}s`;
  const stepMs = stepOf(span, POINTS);
  const window = `${Math.max(LEAST_WINDOW_MS, 2 * stepMs) / 1000}s`;
  const questions: Question[] = [
    ['rate', () => promInstant(requestRate(whole), span.to)],
    ['failures', () => promInstant(failureRate(whole), span.to)],
    ['p95', () => promInstant(durationP95(whole), span.to)],
    ['errorLines', () => lokiInstant(errorLines(whole), span.to)],
    ['topErrors', () => lokiInstant(topErrors(whole, TOP_ERRORS), span.to)],
    ['rateCourse', () => promRange(requestRate(window), span, stepMs)],
    ['failuresCourse', () => promRange(failureRate(window), span, stepMs)],
    ['p95Course', () => promRange(durationP95(window), span, stepMs)],
    ['versions', () => promRange(VERSIONS, span, stepMs)],
    ['alerts', () => promRange(ALERTS, span, stepMs)],
    ['annotations', () => annotationsOf(span)],
  ];
  return { stepMs, questions };
}

/** Of this organisation, whatever writes them: Grafana's alerting, and what announces deploys. */
function annotationsOf({ from: start, to }: { from: number; to: number }): Observable<Annotation[]> {
  const ask = (params: Params) => getJson<Annotation[]>('/api/annotations', { from: start, to, limit: 100, ...params });
  return forkJoin([ask({ type: 'alert' }), ask({ type: 'annotation', tags: DEPLOY_TAGS, matchAny: true })]).pipe(
    map((answers) => answers.flat())
  );
}

const failureFrom = (error: unknown) =>
  error instanceof Failure ? error : new Failure('failed', error instanceof Error ? error.message : String(error));

import { choice, type StateOf, text } from '../url-state/url-state';

export const TRACE_PANES = ['spans', 'related'] as const;
export type TracePane = (typeof TRACE_PANES)[number];

/** The trace that is open over a page, and where in it somebody looks. */
export const TRACE_URL = {
  trace: text(),
  span: text(),
  pane: choice(TRACE_PANES, 'spans'),
};
export type TraceUrl = StateOf<typeof TRACE_URL>;

export const NO_TRACE: TraceUrl = { trace: '', span: '', pane: 'spans' };

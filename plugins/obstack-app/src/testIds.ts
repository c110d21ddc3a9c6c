/** Every `data-testid`, for component tests and end-to-end tests alike. */
export const testIds = {
  config: {
    form: 'obstack config form',
    proxyUrl: 'obstack config proxy url',
    controlPlaneUrl: 'obstack config control-plane url',
    token: 'obstack config token',
    save: 'obstack config save',
    test: 'obstack config test',
    findings: 'obstack config findings',
  },
  search: {
    page: 'obstack search page',
    box: 'obstack search box',
    problem: 'obstack search problem',
    signals: 'obstack search signals',
    sources: 'obstack search sources',
    source: (source: string) => `obstack search source ${source}`,
    volume: 'obstack search volume',
    lane: (source: string) => `obstack search volume ${source}`,
    facets: 'obstack search facets',
    hits: 'obstack search hits',
    hit: 'obstack search hit',
    details: 'obstack search hit details',
    more: 'obstack search more',
  },
  datasource: {
    queryEditor: 'obstack query editor',
  },
  states: {
    empty: 'obstack state empty',
    error: 'obstack state error',
    loading: 'obstack state loading',
    notAllowed: 'obstack state not-allowed',
    notConfigured: 'obstack state not-configured',
  },
};

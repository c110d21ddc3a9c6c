/** What fields show while they are empty: the same in every language. */
export const EXAMPLES = {
  proxyUrl: 'http://127.0.0.1:8080',
  controlPlaneUrl: 'http://127.0.0.1:8081',
  token: 'obq_…',
  query: 'service:checkout level:error "card declined"',
  limit: '50',
};

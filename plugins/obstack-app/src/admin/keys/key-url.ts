import { choice, list, text } from '../../url-state/url-state';
import { KINDS } from './keys-api';

export const STATUS_VIEWS = ['active', 'expired', 'revoked', 'all'] as const;

export const KEYS_URL = {
  kind: choice(KINDS, 'ingestion'),
  status: choice(STATUS_VIEWS, 'active'),
  /** Part of a name or an id. */
  q: text(),
  selected: list(),
  cursor: text(),
};

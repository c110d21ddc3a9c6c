import { choice, text } from '../url-state/url-state';
import { SORTS } from './health';

export const OVERVIEW_URL = {
  from: text('now-1h'),
  to: text('now'),
  sort: choice(SORTS, 'failed'),
};

import { list, text } from '../../url-state/url-state';

export const USERS_URL = {
  /** Part of an address. */
  q: text(),
  selected: list(),
  /** The user whose sessions show. */
  open: text(),
  cursor: text(),
};

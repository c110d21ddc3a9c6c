import { useState } from 'react';

/** What somebody is typing over `value`. When `value` itself changes (Back, a facet, another query) it wins. */
export function useDraft(value: string) {
  const [base, setBase] = useState(value);
  const [draft, setDraft] = useState(value);
  if (base !== value) {
    setBase(value);
    setDraft(value);
  }
  return [base === value ? draft : value, setDraft] as const;
}

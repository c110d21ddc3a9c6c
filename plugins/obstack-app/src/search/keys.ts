import { useEffect, useRef } from 'react';

/**
 * Keys of a page: `/`, or two in a row as `t z`. They are silent while somebody types, and with Ctrl, Alt or Meta, which
 * belong to the browser.
 */
export function useKeys(keys: Readonly<Record<string, () => void>>) {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    let before = { key: '', at: 0 };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) {
        return;
      }
      const isSequence = event.timeStamp - before.at < SEQUENCE_MS;
      const act = (isSequence && latest.current[`${before.key} ${event.key}`]) || latest.current[event.key];
      before = { key: event.key, at: event.timeStamp };
      if (act) {
        event.preventDefault();
        act();
      }
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

const SEQUENCE_MS = 1000;

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

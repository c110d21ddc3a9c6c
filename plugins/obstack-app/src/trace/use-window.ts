import { useCallback, useEffect, useRef, useState } from 'react';

/** Rows beside the visible ones, so that scrolling does not show gaps. */
const OVERSCAN = 12;
/** Where nothing has a height, as before the first layout. */
const UNKNOWN_HEIGHT = 800;

/**
 * Which rows of a long list are worth rendering: those that its `scroller` shows, and a few around them. All rows have
 * `rowHeight` pixels, and `count` of them fill the list. `show` scrolls one of them into view.
 */
export function useWindow<E extends HTMLElement>(rowHeight: number, count: number) {
  const scroller = useRef<E>(null);
  const [view, setView] = useState({ top: 0, height: UNKNOWN_HEIGHT });

  useEffect(() => {
    const element = scroller.current;
    if (!element) {
      return;
    }
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight || UNKNOWN_HEIGHT });
    look();
    element.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, []);

  const show = useCallback(
    (row: number) => {
      const element = scroller.current;
      if (!element) {
        return;
      }
      const top = row * rowHeight;
      const height = element.clientHeight || UNKNOWN_HEIGHT;
      if (top < element.scrollTop) {
        element.scrollTop = top;
      } else if (top + rowHeight > element.scrollTop + height) {
        element.scrollTop = top + rowHeight - height;
      }
    },
    [rowHeight]
  );

  const first = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
  const last = Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN);
  return { scroller, first: Math.min(first, count), last, show };
}

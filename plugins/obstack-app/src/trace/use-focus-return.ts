import { useEffect, useState } from 'react';

/** Gives the focus back, when this goes, to what had it when this came: where the keyboard was is where it goes on. */
export function useFocusReturn() {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // After whatever else lets go of the focus meanwhile.
      requestAnimationFrame(() => before instanceof HTMLElement && before.isConnected && before.focus());
    },
    [before]
  );
}

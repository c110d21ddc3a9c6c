import { useEffect, useState } from 'react';
import { usePluginUserStorage } from '@grafana/runtime';
import { readSaved, type SavedSearch } from './saved-searches';

const KEY = 'saved-searches';

/** The viewer's own; null until they are read. Grafana keeps them for each user and app, or else the browser does. */
export function useSavedSearches() {
  const current = usePluginUserStorage();
  // Another one at each render, each with a cache of its own.
  const [storage] = useState(current);
  const [saved, setSaved] = useState<readonly SavedSearch[] | null>(null);

  useEffect(() => {
    let isGone = false;
    const read = (text: string | null) => !isGone && setSaved(readSaved(text));
    storage.getItem(KEY).then(read, () => read(null));
    return () => {
      isGone = true;
    };
  }, [storage]);

  const save = async (next: readonly SavedSearch[]) => {
    setSaved(next);
    await storage.setItem(KEY, JSON.stringify(next));
  };
  return { saved, save };
}

import { afterAll, beforeAll } from '@jest/globals';
import type { Lab } from './lab.ts';
import { SHARED } from './lab.ts';
import { startProxy } from './start-proxy.ts';
import type { LabProxy } from './start-proxy.ts';
import { useLab } from './use-lab.ts';

export interface LabelLocked {
  readonly lab: Lab;
  readonly proxy: LabProxy;
  readonly proxyUrl: string;
}

/**
 * The label lock by itself: a proxy before the lab for which all tenants share one storage tenant in every store. For the
 * tests of the file or `describe` it is called in; what it returns can be read while they run.
 */
export function useLabelLocked(): LabelLocked {
  let started: { lab: Lab; proxy: LabProxy } | undefined;
  beforeAll(async () => {
    const lab = await useLab();
    started = { lab, proxy: await startProxy(lab, { storageTenant: () => SHARED }) };
  }, 120_000);
  afterAll(() => started?.proxy.close());
  const running = (): NonNullable<typeof started> => {
    if (!started) throw new Error('the label-locked proxy runs while tests run only');
    return started;
  };
  return {
    get lab() {
      return running().lab;
    },
    get proxy() {
      return running().proxy;
    },
    get proxyUrl() {
      return running().proxy.urls.main;
    },
  };
}

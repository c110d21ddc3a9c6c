import type { SearchSourceState } from '@obstack/contracts/search';

/** Why a store gave no answer. The reason is for the person who asked. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
  readonly state: Extract<SearchSourceState, 'timed-out' | 'failed'>;

  constructor(state: StoreFailure['state'], reason: string, cause?: unknown) {
    super(reason, { cause });
    this.state = state;
  }
}

import { describe, expect, it } from '@jest/globals';
import { uncompressSync } from 'snappy';
import { remoteWriteRequest } from './remote-write.ts';

describe('a remote_write request', () => {
  it('is a prometheus.WriteRequest with sorted labels in a snappy block', () => {
    const request = uncompressSync(remoteWriteRequest({ job: 'j', __name__: 'up' }, 1, 1_700_000_000_123));
    const label = (name: string, value: string) =>
      Buffer.concat([
        Buffer.from([0x0a, 4 + name.length + value.length, 0x0a, name.length]),
        Buffer.from(name),
        Buffer.from([0x12, value.length]),
        Buffer.from(value),
      ]);
    const sample = Buffer.from('1210' + '09000000000000f03f' + '10fbd095ffbc31', 'hex');
    const series = Buffer.concat([label('__name__', 'up'), label('job', 'j'), sample]);
    expect(request).toEqual(Buffer.concat([Buffer.from([0x0a, series.length]), series]));
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { INNOCENT, normalise, SPOOFS } from '../../test/ingest/model.ts';
import { follow, isTenantName, NO_MATCH, ROOT, TENANT, TENANT_ID } from './tenant-name.ts';
import type { NamePath } from './tenant-name.ts';

const isTenant = (name: string): boolean => isTenantName(Buffer.from(name));

describe('isTenantName', () => {
  it.each(SPOOFS)('takes %j for tenant_id', (name) => {
    expect(isTenant(name)).toBe(true);
  });

  it.each(INNOCENT)('leaves %j alone', (name) => {
    expect(isTenant(name)).toBe(false);
  });

  it('agrees with the rule of otlptranslator on any name', () => {
    const part = fc.constantFrom('tenant', 'id', '_', '.', '-', 'é', '😀', 'x', 'T', '1', ' ');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const name = parts.join('');
        expect(isTenant(name)).toBe(normalise(name) === 'tenant_id');
      }),
      { numRuns: 2000 },
    );
  });

  it('looks at nothing outside of the name', () => {
    const text = Buffer.from('xtenant_idx');
    expect(isTenantName(text, 1, 10)).toBe(true);
    expect(isTenantName(text, 1, 11)).toBe(false);
    expect(isTenantName(text, 0, 10)).toBe(false);
  });
});

describe('follow', () => {
  const along = (...keys: string[]): NamePath =>
    keys.reduce<NamePath>((path, key) => follow(path, Buffer.from(key), 0, Buffer.byteLength(key)), ROOT);

  it('spells the name over nested keys, as Loki does', () => {
    expect(along('tenant')).toBe(TENANT);
    expect(along('tenant', 'id')).toBe(TENANT_ID);
    expect(along('', '__', 'tenant', '.', '-id-')).toBe(TENANT_ID);
  });

  it('never joins two keys to one word', () => {
    expect(along('ten', 'ant_id')).toBe(NO_MATCH);
    expect(along('tenant', 'i', 'd')).toBe(NO_MATCH);
  });

  it('stays lost once lost', () => {
    expect(along('shop', 'tenant_id')).toBe(NO_MATCH);
  });
});

import { describe, expect, it } from '@jest/globals';
import { chooseParts } from './choose-parts.ts';

const KEYCLOAK = ['keycloak-database', 'keycloak'];

describe('chooseParts', () => {
  it('takes every part but the optional ones', () => {
    const chosen = chooseParts({ demo: true }, {});
    expect(chosen).toEqual(expect.arrayContaining(['postgres', 'proxy', 'demo']));
    for (const name of KEYCLOAK) expect(chosen).not.toContain(name);
  });

  it('takes what is asked for besides', () => {
    const plain = chooseParts({ demo: true }, {});
    const withKeycloak = chooseParts({ demo: true, with: 'keycloak' }, {});
    expect(withKeycloak.filter((name) => !plain.includes(name))).toEqual(KEYCLOAK);
    expect(chooseParts({ demo: true }, { AUTH_METHOD: 'keycloak' })).toEqual(withKeycloak);
    expect(chooseParts({ demo: true }, { AUTH_METHOD: 'local' })).toEqual(plain);
    expect(chooseParts({ demo: true, parts: 'postgres', with: ' keycloak, ' }, {})).toEqual([
      'postgres',
      ...KEYCLOAK,
    ]);
  });

  it('leaves the demo out', () => {
    expect(chooseParts({ demo: false }, {})).not.toContain('demo');
  });

  it('refuses what is not optional, and leaves unknown parts to the stack', () => {
    expect(() => chooseParts({ demo: true, with: 'postgres' }, {})).toThrow(
      'nothing optional called "postgres"',
    );
    expect(chooseParts({ demo: true, parts: 'lokki' }, {})).toEqual(['lokki']);
  });
});

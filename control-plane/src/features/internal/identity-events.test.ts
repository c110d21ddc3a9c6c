import { describe, expect, it } from '@jest/globals';
import { IdentityEvents } from './identity-events.ts';

function subscriber() {
  const types: string[] = [];
  return {
    types,
    send: (line: string) => void types.push((JSON.parse(line) as { type: string }).type),
    end: () => undefined,
  };
}

describe('IdentityEvents', () => {
  it('says hello first, also to those who came before it listened', () => {
    const events = new IdentityEvents();
    const early = subscriber();
    events.subscribe(early);
    expect(early.types).toEqual([]);
    events.onListening();
    const late = subscriber();
    events.subscribe(late);
    expect(early.types).toEqual(['hello']);
    expect(late.types).toEqual(['hello']);
  });

  it('promises nothing while it cannot listen, and says hello again afterwards', () => {
    const events = new IdentityEvents();
    const proxy = subscriber();
    events.subscribe(proxy);
    events.onListening();
    events.onBeat();
    events.onNotify('0'.repeat(64));
    events.onLost();
    const newcomer = subscriber();
    events.subscribe(newcomer);
    expect(events.isListening).toBe(false);
    expect(newcomer.types).toEqual([]);
    events.onListening();
    expect(proxy.types).toEqual(['hello', 'ping', 'invalidated', 'hello']);
    expect(newcomer.types).toEqual(['hello']);
  });

  it('forgets those who left', () => {
    const events = new IdentityEvents();
    const proxy = subscriber();
    const leave = events.subscribe(proxy);
    leave();
    events.onListening();
    expect(proxy.types).toEqual([]);
    expect(events.subscriberCount).toBe(0);
  });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { IDENTITY_EVENTS_PATH } from '@obstack/contracts/internal';
import { createMetrics } from '@obstack/service-kit/metrics';
import express from 'express';
import { IdentityEvents } from './identity-events.ts';
import { internalRoutes, type InternalDeps } from './internal-routes.ts';

describe('the stream of events', () => {
  it('is cut off for a proxy that does not read it', async () => {
    const events = new IdentityEvents();
    const metrics = createMetrics({ process: false });
    // The stream needs neither database nor keys.
    const deps = { internalToken: 'token', events, metrics } as InternalDeps;
    const server = createServer(express().use(internalRoutes(deps)));
    await once(server.listen(0, '127.0.0.1'), 'listening');

    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
    socket.on('error', () => undefined);
    socket.write(`GET ${IDENTITY_EVENTS_PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token\r\n\r\n`);
    while (events.subscriberCount === 0) await setImmediate();

    // More than the system can hold between the two ends.
    for (let sent = 0; sent < 500_000 && events.subscriberCount > 0; sent++) {
      events.onNotify('0'.repeat(64));
      if (sent % 1000 === 0) await setImmediate();
    }
    expect(events.subscriberCount).toBe(0);
    socket.destroy();
    server.close();
  });
});

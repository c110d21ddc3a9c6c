// Live tailing: a WebSocket that ends here and another one to Loki. Identified and enforced before the upgrade, and
// closed as soon as whoever asked may not any more (isolation class 22): a connection may outlive both.
import { randomUUID } from 'node:crypto';
import { ServerResponse } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { ProxyContext } from '../app.ts';
import { refuseRepeatedHeaders } from '../http/exchange.ts';
import type { UpgradeHandler } from '../http/listener.ts';
import { Refusal, refuse } from '../http/refusal.ts';
import { writeRefusal } from '../http/write-refusal.ts';
import { outgoingHeaders } from '../upstream/headers.ts';
import { canonicalForm, compileParams } from './canonical-request.ts';
import { plain, query } from './endpoint.ts';
import { LOKI } from './loki.ts';
import { duration, integer, time } from './param-checks.ts';
import { readParams } from './query-params.ts';

type Context = Pick<ProxyContext, 'identify' | 'queries' | 'storageTenant' | 'upstreams' | 'log'>;

const PATH = '/loki/api/v1/tail';

/** As Loki 3.7 reads them (pkg/loghttp/tail.go), but for `regexp`, which is part of the query now. */
const PARAMS = compileParams({
  query: query('logql'),
  start: plain(time),
  since: plain(duration),
  limit: plain(integer),
  delay_for: plain(integer),
});

const HANDSHAKE_MS = 10_000;
/** Of one message from Loki; of one from a client, which has nothing to say. */
const MAX_MESSAGE_BYTES = { loki: 16 * 1024 * 1024, client: 4 * 1024 };
/** When this much waits for a slow client, Loki is made to wait too; it then drops lines and says which. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
const PING_MS = 30_000;
const CLOSE_GRACE_MS = 1_000;

// https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;
const BAD_GATEWAY = 1014;

export type LokiTail = UpgradeHandler & {
  /** Ends every tail. */
  close(): void;
};

export function lokiTail(context: Context): LokiTail {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES.client,
    perMessageDeflate: false,
  });
  const tails = new Set<Tail>();

  const open = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    refuseRepeatedHeaders(request);
    const reader = await context.identify.query(request, LOKI.signal);
    const { tenantId } = reader;
    // From here on nothing may be missed, so the watch begins before anything else is waited for.
    const tail = new Tail();
    tails.add(tail);
    tail.onEnd(() => tails.delete(tail));
    tail.onEnd(context.identify.watch(reader, LOKI.signal, (reason) => tail.end(POLICY_VIOLATION, reason)));
    socket.on('close', () => tail.end(GOING_AWAY, 'the client is gone'));
    try {
      const search = (request.url ?? '').slice(PATH.length + 1);
      const form = canonicalForm(PARAMS, await readParams(request, search), tenantId, context.queries);
      const headers = outgoingHeaders({
        storageTenant: context.storageTenant(tenantId),
        extra: LOKI.headers?.(request.headers),
      });
      await tail.connect(lokiUrl(context.upstreams.loki.url, form), headers);
      if (tail.isEnded) throw tail.asRefusal();
      server.handleUpgrade(request, socket, head, (client) => tail.serve(client));
    } catch (error) {
      tail.end(GOING_AWAY, 'refused');
      throw error;
    }
  };

  return {
    path: PATH,
    handle(request, socket, head) {
      socket.on('error', () => socket.destroy());
      open(request, socket, head).catch((error: unknown) => {
        const refusal = asRefusal(error);
        const requestId = randomUUID();
        const line = {
          requestId,
          route: PATH,
          status: refusal.status,
          reason: refusal.code,
          err: refusal.cause,
        };
        if (refusal.status >= 500) context.log.error(line, refusal.message);
        else context.log.debug(line, refusal.message);
        refuseUpgrade(request, socket, refusal, requestId);
      });
    },
    close() {
      for (const tail of tails) tail.end(GOING_AWAY, 'the proxy is stopping');
    },
  };
}

/** One client and its connection to Loki; both end together. */
class Tail {
  readonly #onEnd: (() => void)[] = [];
  #loki: WebSocket | undefined;
  #client: WebSocket | undefined;
  reason = '';

  get isEnded(): boolean {
    return this.reason !== '';
  }

  onEnd(callback: () => void): void {
    this.#onEnd.push(callback);
  }

  /** What a client is told whose tail ended before it was open. */
  asRefusal(): Refusal {
    return refuse.unauthenticated(this.reason);
  }

  /**
   * Resolves when Loki has taken the query. Rejects with a 400 refusal in Loki's words, with a 502, or with a 401 when
   * whoever asked may not any more.
   */
  connect(url: string, headers: string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const loki = new WebSocket(url, {
        headers: Object.fromEntries(pairs(headers)),
        followRedirects: false,
        handshakeTimeout: HANDSHAKE_MS,
        maxPayload: MAX_MESSAGE_BYTES.loki,
        perMessageDeflate: false,
      });
      this.#loki = loki;
      const failed = (message: string, cause?: unknown): void =>
        reject(this.isEnded ? this.asRefusal() : refuse.badGateway(message, { cause }));
      loki.on('open', resolve);
      loki.on('unexpected-response', (_request, reply) => {
        void lokiRefusal(reply)
          .catch((cause: unknown) => refuse.badGateway('Loki broke off', { cause }))
          .then((refusal) => {
            reject(refusal);
            loki.terminate();
          });
      });
      loki.on('error', (cause) => {
        failed('Loki cannot be reached', cause);
        this.end(BAD_GATEWAY, 'Loki cannot be reached any more');
      });
      loki.on('close', (code, reason) => {
        failed('Loki closed the connection');
        const why = reason.toString('utf8');
        if (code === 1006) this.end(BAD_GATEWAY, 'Loki is gone');
        else this.end(INTERNAL_ERROR, why === '' ? 'Loki ended the tail' : `Loki ended the tail: ${why}`);
      });
      if (this.isEnded) loki.terminate();
    });
  }

  /** Passes on what Loki sends, text for text, until one of the two leaves. */
  serve(client: WebSocket): void {
    const loki = this.#loki;
    this.#client = client;
    if (!loki || this.isEnded) return closeSoon(client, POLICY_VIOLATION, this.reason);
    client.on('close', () => this.end(GOING_AWAY, 'the client is gone'));
    client.on('error', () => client.terminate());
    this.#keepAlive(client);
    loki.on('message', (data: Buffer, binary) => {
      client.send(data, { binary }, () => {
        if (loki.isPaused && client.bufferedAmount < MAX_BUFFERED_BYTES) loki.resume();
      });
      if (client.bufferedAmount >= MAX_BUFFERED_BYTES) loki.pause();
    });
  }

  end(code: number, reason: string): void {
    if (this.isEnded) return;
    this.reason = reason;
    for (const callback of this.#onEnd) callback();
    if (this.#client) closeSoon(this.#client, code, reason);
    this.#loki?.terminate();
  }

  #keepAlive(client: WebSocket): void {
    let isAlive = true;
    client.on('pong', () => (isAlive = true));
    const timer = setInterval(() => {
      if (!isAlive) return client.terminate();
      isAlive = false;
      client.ping();
    }, PING_MS);
    this.onEnd(() => clearInterval(timer));
  }
}

/** Says why, and cuts the connection when the client does not answer. */
function closeSoon(client: WebSocket, code: number, reason: string): void {
  client.close(code, atMostBytes(reason, MAX_REASON_BYTES));
  setTimeout(() => client.terminate(), CLOSE_GRACE_MS).unref();
}

/** A close frame has room for so much (RFC 6455 §5.5.1), and `ws` throws when there is more. */
const MAX_REASON_BYTES = 123;

function atMostBytes(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  // Cut within a character, the rest of it decodes to U+FFFD.
  return whole.length <= bytes
    ? text
    : whole
        .subarray(0, bytes)
        .toString('utf8')
        .replace(/\ufffd+$/, '');
}

function lokiUrl(base: URL, form: string): string {
  const url = new URL(base);
  url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
  url.pathname = base.pathname.replace(/\/$/, '') + PATH;
  url.search = form;
  return url.href;
}

function* pairs(flat: readonly string[]): Generator<[string, string]> {
  for (let i = 0; i < flat.length; i += 2) yield [flat[i] as string, flat[i + 1] as string];
}

/** Loki refuses a query before the upgrade, in plain text. */
async function lokiRefusal(reply: IncomingMessage): Promise<Refusal> {
  let text = '';
  for await (const chunk of reply.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > 1_000) break;
  }
  const status = reply.statusCode ?? 0;
  return status >= 400 && status < 500
    ? refuse.badRequest(`Loki refused the tail: ${text.trim().slice(0, 1_000)}`)
    : refuse.badGateway(`Loki answered the tail with status ${status}`);
}

const asRefusal = (error: unknown): Refusal =>
  error instanceof Refusal
    ? error
    : new Refusal(500, 'internal', 'something went wrong here', { cause: error });

function refuseUpgrade(request: IncomingMessage, socket: Duplex, refusal: Refusal, requestId: string): void {
  if (socket.destroyed || !(socket instanceof Socket)) return void socket.destroy();
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => socket.end());
  writeRefusal(request, response, 'problem', refusal, requestId);
}

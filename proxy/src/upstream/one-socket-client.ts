// One socket to a store, that can tell when it is done with the memory it was given.
import type { Socket } from 'node:net';
import { buildConnector, Client } from 'undici';
import type { Dispatcher } from 'undici';

interface Dispatched extends Dispatcher.DispatchOptions {
  /** Told which client has the request, before it is sent. */
  readonly onClient?: ((client: OneSocketClient) => void) | undefined;
}

/** undici's client of HTTP/1.1, which has one socket at a time, with that socket known: for the `factory` of a Pool. */
export class OneSocketClient extends Client {
  #socket: Socket | null = null;

  /** @param connectTimeout in milliseconds */
  constructor(origin: URL, options: Client.Options, connectTimeout: number) {
    // HTTP/2 would send past the socket's own queue, by which `hasHandedOver` judges.
    const connect = buildConnector({ timeout: connectTimeout, allowH2: false });
    super(origin, {
      ...options,
      allowH2: false,
      connect: (target, done) => {
        connect(target, (...result) => {
          this.#socket = result[1];
          done(...result);
        });
      },
    });
  }

  /**
   * Whether the system has taken over every byte that was ever written to the socket, so that nothing in this process
   * reads their memory any more. Node counts a write until libuv has copied all of it into the kernel. False where that
   * is not certain: of a socket that is gone, a write may have been given up midway.
   */
  get hasHandedOver(): boolean {
    const socket = this.#socket;
    return socket !== null && !socket.destroyed && socket.writableLength === 0;
  }

  override dispatch(options: Dispatched, handler: Dispatcher.DispatchHandler): boolean {
    options.onClient?.(this);
    return super.dispatch(options, handler);
  }
}

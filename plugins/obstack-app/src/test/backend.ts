/** Grafana's backend service, as far as the app speaks to it, answering what a test says. */
import { Observable } from 'rxjs';

interface Call {
  url: string;
  data: unknown;
  cancelled: boolean;
  /** Bytes as they come over the wire; a line may be cut anywhere. */
  send: (text: string) => void;
  sendLines: (...lines: object[]) => void;
  end: () => void;
  refuse: (status: number, body: object) => void;
}

export class FakeBackend {
  readonly calls: Call[] = [];
  /** Answers of plain GETs, by the end of their URL; a function is asked; what has a `status` is thrown. */
  readonly answers = new Map<string, unknown>();
  /** What was asked by plain GETs. */
  readonly gets: Array<{ url: string; params: Record<string, unknown> }> = [];

  get last(): Call {
    const call = this.calls[this.calls.length - 1];
    if (!call) {
      throw new Error('nothing was asked');
    }
    return call;
  }

  readonly chunked = ({ url, data }: { url: string; data: unknown }) =>
    new Observable((subscriber) => {
      const encoder = new TextEncoder();
      const chunk = (text: string, status = 200) =>
        subscriber.next({ ok: status < 300, status, data: encoder.encode(text) });
      let ended = false;
      const complete = () => {
        ended = true;
        subscriber.complete();
      };
      const call: Call = {
        url,
        data,
        cancelled: false,
        send: (text) => chunk(text),
        sendLines: (...lines) => chunk(lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
        end: complete,
        refuse: (status, body) => {
          chunk(JSON.stringify(body), status);
          complete();
        },
      };
      this.calls.push(call);
      return () => {
        call.cancelled = !ended;
      };
    });

  readonly fetch = ({ url, params = {} }: { url: string; params?: Record<string, unknown> }) =>
    new Observable((subscriber) => {
      this.gets.push({ url, params });
      const found = [...this.answers].find(([end]) => url.endsWith(end))?.[1];
      const answer: unknown = typeof found === 'function' ? found(params) : found;
      if (answer === undefined || answer === null || 'status' in (answer as object)) {
        subscriber.error(answer ?? { status: 404, data: { message: 'Not found' } });
        return;
      }
      subscriber.next({ data: answer });
      subscriber.complete();
    });
}

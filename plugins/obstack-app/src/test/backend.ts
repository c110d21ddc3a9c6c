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
  /** Answers of plain GETs, by the end of their URL; an Error is thrown. */
  readonly answers = new Map<string, unknown>();

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

  readonly fetch = ({ url }: { url: string }) =>
    new Observable((subscriber) => {
      const found = [...this.answers].find(([end]) => url.endsWith(end));
      if (!found || 'status' in (found[1] as object)) {
        subscriber.error(found?.[1] ?? { status: 404, data: { message: 'Not found' } });
        return;
      }
      subscriber.next({ data: found[1] });
      subscriber.complete();
    });
}

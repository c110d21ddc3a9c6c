import { lastValueFrom, reduce, tap } from 'rxjs';
import { CONTROL_PLANE_API } from '../constants';
import { type Chunk, chunked } from '../streams/chunked';
import { Failure, failureOf } from '../streams/failure';

/**
 * Fetches a long answer of control-plane and hands it to the browser as a file. All of it comes before the file is there:
 * half a log would look like a whole one.
 * @param path with its query
 * @throws {Failure}
 */
export async function download(path: string, fileName: string): Promise<void> {
  const answer = chunked({
    url: CONTROL_PLANE_API + path,
    method: 'GET',
    headers: { accept: 'application/x-ndjson' },
  });
  let status = 0;
  const parts = await lastValueFrom(
    answer.pipe(
      tap((chunk) => (status = chunk.status)),
      reduce((all: Chunk[], { data }) => (data ? [...all, data] : all), [])
    )
  ).catch((error: unknown) => {
    throw new Failure('cut', error instanceof Error ? error.message : String(error));
  });
  if (status >= 300) {
    throw failureOf(status, textOf(parts));
  }
  save(new Blob(parts, { type: 'application/x-ndjson' }), fileName);
}

function textOf(chunks: readonly Chunk[]): string {
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('');
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url));
}

/**
 * Cuts a stream of bytes into lines. A chunk may end inside a line, and inside a character: what is incomplete waits
 * for the next chunk, and `rest` holds it.
 */
export class LineSplitter {
  rest = '';
  private readonly decoder = new TextDecoder();

  /** The lines that `bytes` completes, without their line ends; empty lines are left out. */
  push(bytes: Uint8Array): string[] {
    const lines = (this.rest + this.decoder.decode(bytes, { stream: true })).split('\n');
    this.rest = lines.pop() ?? '';
    return lines.filter((line) => line.trim() !== '');
  }
}

import type { AnnotationEvent, DataFrame } from '@grafana/data';

/** Hits, as they stand in logs and traces frames, as annotations: one at its time; a trace lasts as long as it took. Pure. */
export function annotationsOf(frames: readonly DataFrame[]): AnnotationEvent[] {
  return frames.flatMap((frame) => {
    const values = Object.fromEntries(frame.fields.map(({ name, values: own }) => [name, own]));
    const column = (name: string, at: number): unknown => values[name]?.[at];
    return Array.from({ length: frame.length }, (_, at): AnnotationEvent => {
      if (values['startTime']) {
        const time = Number(column('startTime', at));
        return {
          time,
          timeEnd: time + Number(column('traceDuration', at) ?? 0),
          title: textOf(column('traceService', at)),
          text: textOf(column('traceName', at)),
        };
      }
      const labels = (column('labels', at) ?? {}) as Record<string, string>;
      return {
        id: textOf(column('id', at)),
        time: Number(column('timestamp', at)),
        title: labels['service'] ?? '',
        text: textOf(column('body', at)),
        tags: [textOf(column('severity', at))],
      };
    });
  });
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

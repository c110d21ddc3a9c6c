export * from './control-plane.ts';
export * from './database.ts';
export * from './event-stream.ts';
export * from './fake-grafana.ts';
export * from './gate.ts';
export * from './worker.ts';

export * from './control-plane.ts';
export * from './database.ts';
export * from './event-stream.ts';

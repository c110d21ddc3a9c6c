export * from './credential-format.ts';
export * from './endpoint.ts';
export * from './endpoints/index.ts';
export * from './entities.ts';
export * from './pagination.ts';
export * from './permissions.ts';
export * from './plans.ts';
export * from './problem.ts';

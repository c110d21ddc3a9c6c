import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';

export const getHealth = defineEndpoint({
  id: 'getHealth',
  method: 'GET',
  path: '/api/v1/health',
  summary: 'Whether the API answers at all',
  tag: 'General',
  caller: 'anyone',
  response: z.object({ status: z.literal('healthy') }),
  status: 200,
  problems: [],
});

import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { SHOPS } from '../shop/profile.ts';
import { agentConfig } from './agent-config.ts';

const Config = z.object({
  scrape_configs: z.array(
    z.object({
      job_name: z.string(),
      metrics_path: z.string(),
      static_configs: z.tuple([z.object({ targets: z.array(z.string()) })]),
    }),
  ),
  remote_write: z.array(
    z.looseObject({
      name: z.string(),
      url: z.string(),
      send_exemplars: z.boolean(),
      authorization: z.object({ credentials: z.string() }),
      write_relabel_configs: z.array(
        z.looseObject({ action: z.string().optional(), regex: z.string().optional() }),
      ),
    }),
  ),
});

describe("the agent's configuration", () => {
  it('scrapes every shop, and sends it on under the key of its own tenant only', async () => {
    const names = SHOPS.map(({ tenant }) => tenant);
    const text = await agentConfig(
      { scrapeAddress: '127.0.0.1:9465', proxyUrl: 'http://proxy:8080' },
      names.map((name) => ({ name, ingestKey: `key-of-${name}` })),
    );
    const config = Config.parse(parse(text));
    expect(config.scrape_configs.map(({ job_name, metrics_path }) => [job_name, metrics_path])).toEqual(
      names.map((name) => [name, `/${name}/metrics`]),
    );
    expect(config.scrape_configs.map((job) => job.static_configs[0].targets)).toEqual(
      names.map(() => ['127.0.0.1:9465']),
    );
    for (const name of names) {
      const [write, ...more] = config.remote_write.filter((entry) => entry.name === name);
      expect(more).toEqual([]);
      expect(write).toMatchObject({
        url: 'http://proxy:8080/api/v1/write',
        send_exemplars: true,
        authorization: { credentials: `key-of-${name}` },
      });
      expect(write?.write_relabel_configs[0]).toMatchObject({
        source_labels: ['job'],
        regex: name,
        action: 'keep',
      });
    }
  });
});

// create-plugin's configuration, and the sizes of what it built.
import type { Configuration } from 'webpack';
import scaffolded, { type Env } from './.config/webpack/webpack.config.ts';
import { BundleSizes } from './tools/bundle-sizes.ts';

const config = async (env: Env): Promise<Configuration> => {
  const base = await scaffolded(env);
  return {
    ...base,
    plugins: [...(base.plugins ?? []), ...(env.production ? [new BundleSizes()] : [])],
    // Types of the contracts are imported from their sources, which name each other with `.ts`.
    stats: 'errors-warnings',
  };
};

export default config;

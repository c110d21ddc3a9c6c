// create-plugin's configuration, the images of the nested plugin, and the sizes of what it built.
import CopyWebpackPlugin from 'copy-webpack-plugin';
import type { Configuration } from 'webpack';
import scaffolded, { type Env } from './.config/webpack/webpack.config.ts';
import { BundleSizes } from './tools/bundle-sizes.ts';

const config = async (env: Env): Promise<Configuration> => {
  const base = await scaffolded(env);
  return {
    ...base,
    plugins: [
      ...(base.plugins ?? []),
      new CopyWebpackPlugin({ patterns: [{ from: 'datasource/img', to: 'datasource/img' }] }),
      ...(env.production ? [new BundleSizes()] : []),
    ],
    // Types of the contracts are imported from their sources, which name each other with `.ts`.
    stats: 'errors-warnings',
  };
};

export default config;

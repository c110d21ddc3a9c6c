// Jest transformer: TypeScript is run by Node's own type stripper, so that tests execute exactly what
// `node file.ts` executes. Positions are kept (types become blanks), hence no source maps are needed.
const { createHash } = require('node:crypto');
const { stripTypeScriptTypes } = require('node:module');

module.exports = {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
  getCacheKey: (source, path) =>
    createHash('sha256')
      .update(process.version)
      .update('\0')
      .update(path)
      .update('\0')
      .update(source)
      .digest('hex'),
};

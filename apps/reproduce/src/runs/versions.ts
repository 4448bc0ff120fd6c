import { createRequire } from 'node:module';

const packages = [
  '@metadistill/backend',
  '@metadistill/datasets',
  '@metadistill/hypergrad',
  '@metadistill/losses',
  '@metadistill/models',
  '@metadistill/search',
  '@metadistill/trainer',
  '@metadistill/trajectory',
  '@tensorflow/tfjs-core',
];

/** Versions of Node and of every package that a result depends on, for the log. */
export function versions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const entries = packages.map((name) => [name, require(`${name}/package.json`).version as string]);
  return { node: process.versions.node, ...Object.fromEntries(entries) };
}

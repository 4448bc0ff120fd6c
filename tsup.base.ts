import type { Options } from 'tsup';

/** What every library is built with: one ESM file an entry; tsc writes the type declarations. */
export const library = (options: Options = {}): Options => ({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  clean: true,
  sourcemap: true,
  treeshake: true,
  // `neutral` looks at no main field by itself, which what is bundled may need.
  esbuildOptions: (esbuild) => {
    esbuild.mainFields = ['module', 'main'];
  },
  ...options,
});

import type { KnipConfig } from 'knip';

/** What nothing uses fails the lint: files, exports, dependencies. */
export default {
  workspaces: {
    '.': { entry: ['scripts/**/*.js', 'README.md'] },
    'packages/*': { entry: ['test/**/*.test.ts', 'README.md'] },
    'packages/backend': {
      entry: ['README.md', 'bench/*.js', 'scripts/*.js', 'src/**/*.as.ts', 'test/drop-in/train-in-page.ts'],
    },
    'apps/reproduce': {
      entry: ['{bench,reliability}/*.js', 'src/{main,worker}.ts', 'test/fake-{main,worker}.ts'],
    },
    'examples/*': { entry: ['*.js', 'index.html'] },
    'internal/*': { entry: ['test/**/*.test.ts', 'README.md'] },
  },
  // A type that names what an exported function takes or returns is exported with it.
  ignoreExportsUsedInFile: { interface: true, type: true },
  ignoreDependencies: ['@stryker-mutator/vitest-runner'],
  // Of the system, which tests start.
  ignoreBinaries: ['mkfifo', 'openssl', 'redis-server', 'shellcheck'],
  ignoreFiles: ['**/*.md'],
  compilers: {
    // Tests run the examples of a README.
    md: (text: string) => [...text.matchAll(/^```[jt]s\n(.*?)^```$/gms)].map(([, code]) => code).join('\n'),
  },
} satisfies KnipConfig;

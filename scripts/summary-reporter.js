/**
 * Opens a test run with the seed of its property tests, and closes it with the line `N passed, N failed`: files that do not load and hooks that throw count as failed.
 * Skipped tests, and files whose process ended before they did, have lines of their own before it.
 */
export default class SummaryReporter {
  constructor({ seed }) {
    this.seed = seed;
  }

  onTestRunStart() {
    console.log(`Property tests: seed ${this.seed}; \`pnpm test:explore\` draws a fresh one.`);
  }

  onTestRunEnd(modules, unhandledErrors) {
    let passed = 0;
    let skipped = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      failed += module.errors().length;
      if (['queued', 'pending'].includes(module.state()))
        console.log(`did not finish: ${module.relativeModuleId}`);
      for (const suite of module.children.allSuites()) failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        else if (state === 'skipped') skipped++;
        else failed++;
      }
    }
    if (skipped > 0) console.log(`${skipped} skipped`);
    console.log(`${passed} passed, ${failed} failed`);
  }
}

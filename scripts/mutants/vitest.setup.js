import fc from 'fast-check';

// Which counterexample is the smallest is no question here.
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  seed: Number(process.env.METADISTILL_SEED),
  endOnFailure: true,
  numRuns: Number(process.env.METADISTILL_RUNS),
});

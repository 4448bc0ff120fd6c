import { expect, test } from 'vitest';
import { drawMetaparameters } from './draw-metaparameters.js';

test("temperatures are the authors' within their bounds, and as far along in others", () => {
  const runs = [0, 1, 2, 3, 4];
  const [paper, narrow] = [
    { temperatureLow: 0.1, temperatureHigh: 10 },
    { temperatureLow: 0.7, temperatureHigh: 0.701 },
  ].map((bounds) => runs.map((run) => drawMetaparameters(42, run, bounds).temperature));
  // Of runs 0 to 4 of exp33_random in the authors' logs, whose powers round otherwise: by one in the last place.
  const authors = [
    7.969455242156982, 1.575132131576538, 0.2051110416650772, 5.399484634399414, 2.607024669647217,
  ];
  for (const [run, temperature] of authors.entries()) {
    expect(Math.abs((paper?.[run] ?? 0) / temperature - 1)).toBeLessThan(2 ** -23);
  }
  for (const temperature of narrow ?? []) {
    expect(temperature).toBeGreaterThanOrEqual(0.7);
    expect(temperature).toBeLessThanOrEqual(0.701);
  }
});

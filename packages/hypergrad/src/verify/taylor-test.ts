import type { TaylorTest } from './types.js';

const levels = 8;
const FLOAT32_EPSILON = 2 ** -23;

/**
 * The remainders |f(h) − f(0) − h·slope| for h = 1, 1/2, ..., 1/128, and the order at which they fall.
 *
 * Only remainders above four roundings of f count, of those the three at the smallest steps.
 */
export async function taylorTest(f: (x: number) => Promise<number>, firstOrder: number): Promise<TaylorTest> {
  const start = await f(0);
  const noise = 4 * FLOAT32_EPSILON * Math.abs(start);
  const steps = Array.from({ length: levels }, (_, k) => 2 ** -k);
  const remainders: number[] = [];
  for (const h of steps) remainders.push(Math.abs((await f(h)) - start - h * firstOrder));
  const points = steps
    .map((h, k) => [Math.log(h), Math.log(remainders[k] as number)] as const)
    .filter((_, k) => (remainders[k] as number) > noise)
    .slice(-3);
  return {
    steps,
    remainders,
    slope: points.length < 2 ? undefined : slopeOf(points),
    noise,
    firstOrder: Math.abs(firstOrder),
  };
}

/** Of the least-squares line. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return covariance / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

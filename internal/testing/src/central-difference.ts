/** (f(x + h) − f(x − h)) / 2h by each coordinate of x; error O(h²), so give f in float64 and h near 1e-5. */
export function centralDifference(f: (x: number[]) => number, x: readonly number[], h = 1e-5): number[] {
  return x.map((_, i) => {
    const at = (shift: number) => f(x.map((value, j) => (j === i ? value + shift : value)));
    return (at(h) - at(-h)) / (2 * h);
  });
}

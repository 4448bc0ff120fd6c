/** Closed intervals by metaparameter name: `{ distillationFraction: [0, 1], temperature: [0.1, 10] }`. */
export type Box<Name extends string = string> = Readonly<Record<Name, readonly [low: number, high: number]>>;

/** The nearest point of the box: each named value clamped to its interval. */
export function projectOntoBox<Name extends string>(
  values: Readonly<Record<Name, number>>,
  box: Box<Name>,
): Readonly<Record<Name, number>> {
  const projected: Record<Name, number> = { ...values };
  for (const name of Object.keys(box) as Name[]) {
    const [low, high] = box[name];
    projected[name] = Math.min(high, Math.max(low, values[name]));
  }
  return projected;
}

/** Throws where an interval is empty or an initial value lies outside its interval; names the metaparameter. */
export function checkInsideBox<Name extends string>(
  values: Readonly<Record<Name, number>>,
  box: Box<Name>,
  caller: string,
): void {
  for (const name of Object.keys(box) as Name[]) {
    const [low, high] = box[name];
    if (!(low <= high)) {
      throw new RangeError(`${caller}: the bounds of ${name} are [${low}, ${high}]; expected low <= high.`);
    }
    if (!(values[name] >= low && values[name] <= high)) {
      throw new RangeError(
        `${caller}: ${name} starts at ${values[name]}; expected a value inside its bounds [${low}, ${high}].`,
      );
    }
  }
}

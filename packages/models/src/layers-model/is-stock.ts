interface Named {
  readonly className?: string;
}

/**
 * Whether an object of tfjs-layers does what the name of its class says: not if it is of a subclass of yours that has the name of
 * its parent, or has a method of its own.
 */
export function isStock(object: object, method: string): boolean {
  const kind = object.constructor as Named;
  const parent = Object.getPrototypeOf(kind) as Named | null;
  return (
    Object.hasOwn(kind, 'className') && parent?.className !== kind.className && !Object.hasOwn(object, method)
  );
}

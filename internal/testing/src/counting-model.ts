/** Passes through a model. */
export interface Passes {
  readonly forwards: number;
  readonly backwards: number;
  readonly jvps: number;
}

interface Rules {
  forward(...inputs: never[]): unknown;
  vjp(...inputs: never[]): unknown;
  jvp?(...inputs: never[]): unknown;
}

/** A model that counts how often each of its rules is called; `passes` reads the count. */
export function countingModel<Model extends Rules>(
  model: Model,
): { readonly model: Model; passes(): Passes } {
  const passes = { forwards: 0, backwards: 0, jvps: 0 };
  const counted =
    <Inputs extends never[], Output>(rule: (...inputs: Inputs) => Output, of: keyof Passes) =>
    (...inputs: Inputs): Output => {
      passes[of] += 1;
      return rule(...inputs);
    };
  return {
    model: {
      ...model,
      forward: counted(model.forward, 'forwards'),
      vjp: counted(model.vjp, 'backwards'),
      ...(model.jvp && { jvp: counted(model.jvp, 'jvps') }),
    },
    passes: () => ({ ...passes }),
  };
}

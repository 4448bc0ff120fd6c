/**
 * λ₁ of the paper weighs the classification term: L = λ₁·CE + (1 − λ₁)·KD. Returns our distillationFraction 1 − λ₁.
 *
 * @see Gorpinich, Bakhteev, Strijov (2022), section 2, the loss of the student.
 */
export const fromPaperLambda = (lambda: number): number => 1 - lambda;

/**
 * `lambda1` of the authors' code and logs of gradient methods weighs the distillation term:
 * L = lambda1·KD + (1 − lambda1)·CE. It is our distillationFraction.
 *
 * The functions `synthetic_base` and `cifar_base` of that code (no distillation, naive, random) use the paper's
 * convention instead: read those logs with `fromPaperLambda`.
 */
export const fromAuthorsCodeLambda = (lambda: number): number => lambda;

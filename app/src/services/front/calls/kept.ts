interface KeptProps<T> {
  /** A failure is not kept: the next caller asks again. @param before what was kept until now */
  readonly ask: (before: T | undefined) => Promise<T>;
  /** How long an answer is shown again. */
  readonly freshMs: (answer: T) => number;
  /** Milliseconds that no change of the clock moves. @default performance.now */
  readonly now?: (() => number) | undefined;
}

/** Asks once in a while, and once at a time: people who reload must not multiply into calls. */
export function kept<T>({ ask, freshMs, now = () => performance.now() }: KeptProps<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  let answer: T | undefined;
  let until = 0;
  const renew = async () => {
    answer = await ask(answer);
    until = now() + freshMs(answer);
    return answer;
  };
  return async () => {
    if (asked === undefined && answer !== undefined && now() < until) return answer;
    asked ??= renew().finally(() => {
      asked = undefined;
    });
    return await asked;
  };
}

/** What does not hold together in the catalog or an environment: every problem at once, each with where, what and the fix. */
export class PlatformError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the platform does not hold together:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'PlatformError';
    this.problems = problems;
  }
}

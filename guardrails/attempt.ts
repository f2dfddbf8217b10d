/** What is made, or undefined where making it throws: for what may be broken in ways that somebody else reports. */
export function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** What answers on an address of this machine; status 0 where nobody does in time. */
export async function ask(url: string, withinMs = 1_000): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(withinMs) });
    return { status: response.status, text: await response.text() };
  } catch {
    return { status: 0, text: '' };
  }
}

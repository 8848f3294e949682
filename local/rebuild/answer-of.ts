/** What came of one request; status 0 and why, where there was no answer. */
export interface PlainAnswer {
  readonly status: number;
  readonly text: string;
}

/** Asks once. Never rejects. */
export async function answerOf(
  url: string | URL,
  request: RequestInit,
  timeoutMs: number,
): Promise<PlainAnswer> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const { cause } = error as Error;
    return { status: 0, text: String(cause instanceof Error ? cause.message : error) };
  }
}

/** The headers that a token asks for. */
export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

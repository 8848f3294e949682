/** One alert as people see it on notify. */
export interface ShownAlert {
  readonly alertId: string;
  readonly sequence: number;
  readonly total: string;
  readonly transactionCount: number;
  readonly history: readonly { readonly sequence: number }[];
}

const PAGE = 500;

/** Every alert that notify shows, page by page. */
export async function shownAlerts(notifyUrl: string): Promise<readonly ShownAlert[]> {
  const shown: ShownAlert[] = [];
  for (let before = ''; ; ) {
    const response = await fetch(`${notifyUrl}/alerts?limit=${PAGE}${before}`);
    if (!response.ok) throw new Error(`notify answers /alerts with ${response.status}`);
    const page = (await response.json()) as { alerts: ShownAlert[]; next: number | null };
    shown.push(...page.alerts);
    if (page.next === null) return shown;
    before = `&before=${page.next}`;
  }
}

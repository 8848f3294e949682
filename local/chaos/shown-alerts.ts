import { askSettled } from './ask-settled.ts';

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
    const url = `${notifyUrl}/alerts?limit=${PAGE}${before}`;
    const { body } = await askSettled<{ alerts: ShownAlert[]; next: number | null }>(url);
    shown.push(...body.alerts);
    if (body.next === null) return shown;
    before = `&before=${body.next}`;
  }
}

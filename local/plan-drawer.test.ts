import { describe, expect, it } from 'vitest';
import { createPlanDrawer } from './plan-drawer.ts';
import { createPlan, renderPlan } from './plan-tree.ts';

const newPlan = () =>
  createPlan('splitwatch', 'demo', { dependencies: ['topics', 'store'], functions: ['score'] });

describe('the plan tree', () => {
  it('draws plan, phases and steps as the seeds’ plan status does', () => {
    const plan = newPlan();
    const [topics] = plan.phases[0]!.steps;
    topics!.status = 'COMPLETE';
    topics!.note = '3 topics';
    expect(renderPlan(plan)).toEqual([
      'Plan(s) for "splitwatch":',
      '.',
      '└── splitwatch (demo)',
      '    └── Plan deploy (serial strategy) [IN_PROGRESS]',
      '        ├── Phase dependencies (serial strategy) [IN_PROGRESS]',
      '        │   ├── Step topics (COMPLETE)  3 topics',
      '        │   └── Step store (PENDING)',
      '        └── Phase functions (serial strategy) [PENDING]',
      '            └── Step score (PENDING)',
    ]);
  });

  it('prints plain lines when piped, and the finished tree once', async () => {
    const written: string[] = [];
    const drawer = createPlanDrawer(newPlan(), { write: (text) => written.push(text) });
    await drawer.run(
      'dependencies',
      'topics',
      async () => 3,
      (count) => `${count} topics`,
    );
    await drawer.run('dependencies', 'store', async () => {});
    await drawer.run('functions', 'score', async () => {});
    expect(written.slice(0, 2)).toEqual([
      'Step dependencies/topics (IN_PROGRESS)\n',
      'Step dependencies/topics (COMPLETE)  3 topics\n',
    ]);
    expect(written.filter((text) => text.startsWith('Plan(s)'))).toHaveLength(1);
    expect(written.join('')).not.toContain('\x1b');
  });

  it('draws the tree in place on a terminal', async () => {
    const written: string[] = [];
    const screen = { isTTY: true, write: (text: string) => written.push(text) };
    const drawer = createPlanDrawer(newPlan(), screen);
    await drawer.run('dependencies', 'topics', async () => {});
    expect(written[1]?.startsWith('\x1b[9A')).toBe(true);
  });

  it('marks a step that fails, says why, and throws the error on', async () => {
    const plan = newPlan();
    const drawer = createPlanDrawer(plan, { write: () => {} });
    const failing = drawer.run('functions', 'score', () => Promise.reject(new Error('no port')));
    await expect(failing).rejects.toThrow('no port');
    expect(renderPlan(plan).at(-1)).toBe('            └── Step score (FATAL_ERROR)  no port');
    expect(renderPlan(plan)[3]).toContain('[FATAL_ERROR]');
  });
});

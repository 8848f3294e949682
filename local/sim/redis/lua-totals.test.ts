import { createScriptedStore } from '../../../functions/score/store/scripted-store.ts';
import { describeTotalsStore } from '../../../functions/score/store/store-contract.ts';
import { createKeySpace } from './key-space.ts';
import { commandsOn } from './lua-totals.ts';

const log = { warn: () => {} };

describeTotalsStore(
  'the scripts in the simulator’s Lua',
  async (rule) => {
    const commands = commandsOn(createKeySpace(() => 0));
    return createScriptedStore(commands, {
      rule,
      stateTtlMs: 86_400_000,
      log,
      timeoutMs: 1_000,
      chance: 0,
      textEntries: 3,
      leafEntries: 3,
    });
  },
  { runs: 30 },
);

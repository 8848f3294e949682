import { expect, test } from 'vitest';
import { withoutUnused } from './redis-commands.ts';

const TABLE = `const GET_1 = __importDefault(require("./GET"));
const SET_1 = __importDefault(require("./SET"));
const AROP_1 = __importStar(require("./AROP"));
Object.defineProperty(exports, "WORDS", { get: function () { return AROP_1.WORDS; } });
exports.default = {
    /** Gets: SET_1 is another. */
    GET: GET_1.default,
    get: GET_1.default,
    AROP: AROP_1.default,
    SET: SET_1.default,
    set: SET_1.default
};
`;

test('keeps the commands that are used, and what else the table hands out', () => {
  const kept = withoutUnused(TABLE, new Set(['get']));
  expect(kept).toContain('    get: GET_1.default,');
  expect(kept).not.toMatch(/^ {4}(?:GET|AROP|SET|set):/m);
  expect(kept).toContain('const AROP_1');
});

test('does not load what nothing speaks of', () => {
  const table = TABLE.replace(' SET_1 is', ' that is');
  expect(withoutUnused(table, new Set(['get']))).not.toContain('require("./SET")');
});

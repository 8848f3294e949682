import { expect, test } from 'vitest';
import { parseCeOverrides } from './ce-overrides.ts';

test.each([
  ['{}', {}],
  ['{"extensions":{}}', {}],
  ['{"extensions":{"team":"red","zone9":"é"}}', { team: 'red', zone9: 'é' }],
])('reads %s (facts 2)', (text, extensions) => {
  expect(parseCeOverrides(text)).toEqual(extensions);
});

test.each([
  ['no JSON', '{'],
  ['an array', '[]'],
  ['extensions that are a list', '{"extensions":[]}'],
  ['a name in upper case', '{"extensions":{"Team":"x"}}'],
  ['a name with a dash', '{"extensions":{"a-b":"x"}}'],
  ['__proto__', '{"extensions":{"__proto__":"x"}}'],
  ['a value that is no string', '{"extensions":{"a":1}}'],
  ['a line break', '{"extensions":{"a":"x\\r\\nb: y"}}'],
  ['an attribute of ours', '{"extensions":{"id":"x"}}'],
  ['the partition key', '{"extensions":{"partitionkey":"x"}}'],
])('refuses %s (facts 2)', (_, text) => {
  expect(parseCeOverrides(text)).toBeUndefined();
});

import { type LuaState, lauxlib, lua, lualib, to_luastring } from 'fengari';
import { packStruct, type StructValue, unpackStruct } from './lua-struct.ts';

/** What a command answers, as Redis hands it to a script: false stands for nil. */
export type LuaReply = number | Uint8Array | false;

export type RedisCall = (name: string, args: readonly Uint8Array[]) => LuaReply;

/** Runs one script on keys and arguments, with `redis.call` answered by {@link RedisCall}. */
export type LuaScript = (
  keys: readonly string[],
  args: readonly (string | Uint8Array)[],
  call: RedisCall,
) => Uint8Array;

/**
 * Above this a number is handed to Lua as a float. fengari's integers have 32 bits, in which sums
 * would wrap; Redis' Lua 5.1 has doubles only. Below it an integer, since only those are written
 * without `.0` when they become part of a key.
 */
const INTEGER_MAX = 2 ** 20;

/**
 * A script in fengari, Lua 5.3 in JavaScript, so that the very text which runs in Redis runs in the
 * simulator. What 5.1 has and 5.3 has not, `unpack`, is put back; what Redis adds and our scripts
 * use is `redis.call` and `struct`.
 */
export function compileLua(source: string): LuaScript {
  const state = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(state);
  let redisCall: RedisCall = () => false;
  setFunction(state, 'redis', 'call', (l) => {
    const [name, ...args] = argumentsOf(l).map(toBytes) as [Uint8Array, ...Uint8Array[]];
    pushReply(l, redisCall(textOf(name), args));
    return 1;
  });
  setFunction(state, 'struct', 'pack', (l) => {
    const [format, ...values] = argumentsOf(l);
    push(l, packStruct(textOf(toBytes(format)), values as StructValue[]));
    return 1;
  });
  setFunction(state, 'struct', 'unpack', (l) => {
    const [format, bytes, position = 1] = argumentsOf(l);
    const values = unpackStruct(textOf(toBytes(format)), toBytes(bytes), Number(position));
    for (const value of values) push(l, value);
    return values.length;
  });
  lua.lua_getglobal(state, to_luastring('table'));
  lua.lua_getfield(state, -1, to_luastring('unpack'));
  lua.lua_setglobal(state, to_luastring('unpack'));
  lua.lua_settop(state, 0);
  const loaded = lauxlib.luaL_loadbuffer(state, to_luastring(source), null, to_luastring('script'));
  check(state, loaded);
  const reference = lauxlib.luaL_ref(state, lua.LUA_REGISTRYINDEX);
  return (keys, args, call) => {
    redisCall = call;
    setTable(state, 'KEYS', keys);
    setTable(state, 'ARGV', args);
    lua.lua_rawgeti(state, lua.LUA_REGISTRYINDEX, reference);
    check(state, lua.lua_pcall(state, 0, 1, 0));
    const reply = Buffer.from(toBytes(valueAt(state, -1)));
    lua.lua_settop(state, 0);
    return reply;
  };
}

function check(state: LuaState, status: number): void {
  if (status === lua.LUA_OK) return;
  const bytes = lua.lua_tolstring(state, -1) ?? to_luastring('an error without words');
  lua.lua_settop(state, 0);
  throw new Error(`Lua: ${Buffer.from(bytes).toString()}`);
}

function setFunction(
  state: LuaState,
  library: string,
  name: string,
  work: (state: LuaState) => number,
): void {
  if (lua.lua_getglobal(state, to_luastring(library)) === 0) {
    lua.lua_settop(state, 0);
    lua.lua_newtable(state);
  }
  lua.lua_pushcfunction(state, work);
  lua.lua_setfield(state, -2, to_luastring(name));
  lua.lua_setglobal(state, to_luastring(library));
}

function setTable(state: LuaState, name: string, values: readonly (string | Uint8Array)[]): void {
  lua.lua_newtable(state);
  values.forEach((value, i) => {
    push(state, toBytes(value));
    lua.lua_rawseti(state, -2, i + 1);
  });
  lua.lua_setglobal(state, to_luastring(name));
}

function argumentsOf(state: LuaState): StructValue[] {
  const values: StructValue[] = [];
  const count = lua.lua_gettop(state);
  for (let i = 1; i <= count; i++) values.push(valueAt(state, i));
  return values;
}

/** A number stays one, all else is text. */
function valueAt(state: LuaState, index: number): StructValue {
  if (lua.lua_type(state, index) === lua.LUA_TNUMBER) return lua.lua_tonumber(state, index);
  const bytes = lua.lua_tolstring(state, index);
  if (bytes === null) throw new Error('Lua: a value that is neither text nor a number');
  return bytes;
}

/** Of plain ASCII, as the names of commands and formats are. */
function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function toBytes(value: StructValue | string | undefined): Uint8Array {
  return typeof value === 'object' ? value : Buffer.from(String(value));
}

function push(state: LuaState, value: StructValue): void {
  if (typeof value === 'object') lua.lua_pushlstring(state, value, value.length);
  else if (Number.isInteger(value) && value <= INTEGER_MAX) lua.lua_pushinteger(state, value);
  else lua.lua_pushnumber(state, value);
}

function pushReply(state: LuaState, reply: LuaReply): void {
  if (reply === false) lua.lua_pushboolean(state, false);
  else push(state, reply);
}

/** The part of fengari, a Lua 5.3 virtual machine in JavaScript, that is used here. */
declare module 'fengari' {
  export interface LuaState {
    readonly __lua: never;
  }
  export const lua: {
    readonly LUA_OK: number;
    readonly LUA_TNUMBER: number;
    readonly LUA_REGISTRYINDEX: number;
    lua_newtable(state: LuaState): void;
    lua_pushcfunction(state: LuaState, work: (state: LuaState) => number): void;
    lua_pushboolean(state: LuaState, value: boolean): void;
    lua_pushinteger(state: LuaState, value: number): void;
    lua_pushnumber(state: LuaState, value: number): void;
    lua_pushlstring(state: LuaState, bytes: Uint8Array, length: number): Uint8Array;
    lua_getglobal(state: LuaState, name: Uint8Array): number;
    lua_setglobal(state: LuaState, name: Uint8Array): void;
    lua_setfield(state: LuaState, index: number, name: Uint8Array): void;
    lua_getfield(state: LuaState, index: number, name: Uint8Array): number;
    lua_rawseti(state: LuaState, index: number, at: number): void;
    lua_rawgeti(state: LuaState, index: number, at: number): number;
    lua_gettop(state: LuaState): number;
    lua_type(state: LuaState, index: number): number;
    lua_settop(state: LuaState, index: number): void;
    lua_tonumber(state: LuaState, index: number): number;
    lua_tolstring(state: LuaState, index: number): Uint8Array | null;
    lua_pcall(state: LuaState, args: number, results: number, handler: number): number;
  };
  export const lauxlib: {
    luaL_newstate(): LuaState;
    luaL_loadbuffer(
      state: LuaState,
      bytes: Uint8Array,
      size: number | null,
      name: Uint8Array,
    ): number;
    luaL_ref(state: LuaState, table: number): number;
  };
  export const lualib: { luaL_openlibs(state: LuaState): void };
  export function to_luastring(text: string): Uint8Array;
}

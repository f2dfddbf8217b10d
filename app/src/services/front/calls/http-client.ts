/** What calls are made with. Loaded by the first: its parser is WebAssembly, which is compiled as it is loaded. */
export { Agent, getGlobalDispatcher } from 'undici';

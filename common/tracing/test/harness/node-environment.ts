const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;

/** What a process of a test has of the environment beside what the test gives it: nothing of the developer's settings. */
export const nodeEnvironment = { PATH, NODE_COMPILE_CACHE };

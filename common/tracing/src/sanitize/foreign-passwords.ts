/**
 * "Password" in Polish, Russian, Chinese (both writings), Japanese and Korean, as a pattern. In escapes: with a character
 * beyond Latin-1, V8 would keep the library's whole file at two bytes for each.
 */
export const FOREIGN_PASSWORDS = String.raw`has\u0142o|\u043f\u0430\u0440\u043e\u043b\u044c|\u5bc6\u7801|\u5bc6\u78bc|\u30d1\u30b9\u30ef\u30fc\u30c9|\ube44\ubc00\ubc88\ud638`;

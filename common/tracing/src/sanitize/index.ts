export { MASK } from "./mask.ts";
export { createSanitizer, type Sanitizer } from "./sanitizer.ts";

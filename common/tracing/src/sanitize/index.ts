export { createSanitizer, type Sanitizer, type SanitizerOptions } from "./sanitizer.ts";

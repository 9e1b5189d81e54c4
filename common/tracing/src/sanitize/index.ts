export { createSanitizer, type Sanitizer } from "./sanitizer.ts";

import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";

export const gzipped = promisify(gzip);
export const gunzipped = promisify(gunzip);

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Identity {
  readonly key: string;
  readonly cert: string;
}

export interface IssueOptions {
  readonly names: readonly string[];
  readonly expired?: boolean;
  readonly selfSigned?: boolean;
}

/** A certificate authority of a company's own. */
export interface Authority {
  /** The path of its certificate. */
  readonly file: string;
  issue(options: IssueOptions): Identity;
  remove(): void;
}

export function makeAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), "tracekeep-tls-"));
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  };
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Acme CA");
  return {
    file: at("ca.pem"),
    issue({ names, expired = false, selfSigned = false }) {
      const extension = `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`;
      writeFileSync(at("extensions"), extension);
      const dates = ["-days", expired ? "-1" : "1"];
      openssl("req", ...newKey, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=leaf");
      const signer = selfSigned
        ? ["-signkey", "leaf.key"]
        : ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
      openssl(
        "x509",
        "-req",
        "-in",
        "leaf.csr",
        ...signer,
        "-extfile",
        "extensions",
        ...dates,
        "-out",
        "leaf.pem",
      );
      return { key: readFileSync(at("leaf.key"), "utf8"), cert: readFileSync(at("leaf.pem"), "utf8") };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** One operation that is measured by itself. */
export interface MicroCase {
  readonly name: string;
  run(): unknown;
}

/** Before all tests: says on which databases they run. */
export default function sayDatabases(): void {
  if (process.env.TEST_DATABASE_URL) return;
  console.log("Database tests run on SQLite only: npm run test:postgres runs them on Postgres, too.\n");
}

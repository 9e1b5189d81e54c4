import { FULL, QUICK, QUICK_CHOICE, REQUESTS } from "./defaults.ts";
import { FAILING, SHAPES } from "./requests/cases.ts";
import { CONTROL, REFERENCE, VARIANTS } from "./requests/variants.ts";

export const USAGE = `Usage: npm run bench -- [options] [requests] [startup] [growth] [profile] [micro] [document]

Measures what tracing costs, side by side with the same service untraced and with the other tracers:

  requests   a service under load, in every way of tracing it, in turns (an hour and a half)
  startup    what a service's start takes longer (two minutes)
  growth     whether a request costs more with more live traces, memory, methods and uptime (an hour)
  profile    where the time of a traced service goes, by part of the library (two minutes)
  micro      single operations of Tracekeep (two minutes)
  document   writes docs/PERFORMANCE.md again, of the results that are there

Without a name everything is measured, and the document written. All processes are on this machine:
leave it alone meanwhile, and judge every ratio by that of "untraced again". In a round all variants
under the same load live at once, in 9 GB of memory together for the chain (quick: 3 GB). The other
tracers are installed into bench/peers when they are first needed.

  --quick            only leaf and chain, ${QUICK_CHOICE.variants.join(" and ")}, ${QUICK.rounds} rounds of ${QUICK.turns} turns of a second:
                     four minutes in all, and no document
  --rounds N         how often each variant is measured in processes of its own (default ${FULL.rounds})
  --turns N          how often each of these is measured, in turns with the others (default ${FULL.turns})
  --seconds S        length of a turn (default ${FULL.seconds})
  --warmup S         load on each new process that is not counted (default ${FULL.warmupSeconds}, quick ${QUICK.warmupSeconds})
  --shape A,B        some of ${SHAPES.join(", ")}; the results of the other loads stay as they are
  --failing A,B      percentages of failing requests, some of ${FAILING.join(", ")}
  --variants A,B     some of ${VARIANTS.map(({ name }) => name).join(", ")};
                     ${REFERENCE} and ${CONTROL} are always measured
  --requests N       length of growth's long run (default ${REQUESTS.toLocaleString("en")})
  --sources          measure the library's sources, and not what is built of them
  --json FILE        where the results are written; only bench/results.json, the default, makes a document
                     (quick: bench/results.local.json)
  --profile FOLDER   also write a CPU profile of each measured service; profiling makes everything slower
  --help             print this

Exit codes: 0 measured, 1 something failed, 2 unknown options.
`;

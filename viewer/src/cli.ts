#!/usr/bin/env node
import { runViewer } from "./command/run-viewer.ts";

process.exitCode = await runViewer(process.argv.slice(2));

/// The `millrace` command: a file tree's digests, several URLs at once, the programs of the course, and the comparison with
/// real Go.
///
/// Everything that runs here runs under one context, which ends with the first SIGINT or SIGTERM and at `--timeout`; the exit
/// code says how it ended ([ExitCode]).
@NullMarked
package dev.millrace.cli;

import org.jspecify.annotations.NullMarked;

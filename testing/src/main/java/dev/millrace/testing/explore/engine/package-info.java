/// The explorer's machinery, not exported: see `docs/design/explorer.md`.
///
/// [Explorer] is the loop, [Run] one schedule, [Hooks] and [Calls] what rewritten code calls.
package dev.millrace.testing.explore.engine;

/// The one door through which the library can be observed while it runs.
///
/// # The idea
///
/// A [Probe] is told of each [Event]: a goroutine starts or ends, a thread begins or ceases to wait, a context is made
/// or ends. While none is installed nothing is collected; each place where something could be told reads one field. For
/// the state at one moment no probe is needed: see [dev.millrace.go.Go#goroutines()] and
/// [dev.millrace.context.Context#snapshot()].
///
/// # Rules of use
///
///  1. A probe is called on the thread where the event happens, partly while others wait for that thread. Be quick, do
///     not block, do not use the library's blocking operations.
///  2. It is called by many threads at once, in no order but each thread's own.
///  3. Do not keep the objects that a thread waits for: keep their text.
///  4. Close the [Probes.Installation] when you have seen enough.
///  5. Ask for the kinds of events that you want: the others are not made then.
///
/// # What is not promised
///
/// The events are meant for people and tools: kinds may be added, so a `switch` over them wants a default. A context
/// that nobody waits under is marked as ended when somebody asks it; its event comes then, or never.
///
/// # From Go
///
/// The nearest thing in Go is the execution tracer (`runtime/trace`) and its flight recorder; here it is an interface. What has the
/// form of Go's package, and writes a file, is the module `dev.millrace.jfr`.
package dev.millrace.probe;

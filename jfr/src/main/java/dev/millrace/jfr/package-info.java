/// What a program does, as events of the JDK Flight Recorder: the program's own tasks, regions and logs, and what the library knows of
/// waits, cancels and goroutines. Go's `runtime/trace`.
///
/// # The idea
///
/// A recording is what the JDK makes: by `-XX:StartFlightRecording`, `jcmd JFR.start`, JMC, or [Trace#start]. With this module on the path
/// it also has events of the library, without a line in the program. [Trace] adds what only the program knows: which requests
/// there are (tasks), what each step is (regions), and remarks (logs). Task and labels are carried by the context; so what goroutines do
/// below a task says so.
///
/// # The events
///
/// | event | what it is | unless set otherwise |
/// |---|---|---|
/// | `dev.millrace.Task` | from [Trace#newTask] to its close; recorded at the close | on |
/// | `dev.millrace.Region` | from the beginning of a region to its end | on |
/// | `dev.millrace.Log` | a line of the program's | on |
/// | `dev.millrace.Cancel` | a context was ended: kind, cause, who, where, whom it reached | on, with stacks |
/// | `dev.millrace.Blocked` | a thread waited by the library: for what, how long | on from 10 ms, with stacks |
/// | `dev.millrace.GoroutineStart`, `dev.millrace.GoroutineEnd` | name, number, who started it; what it failed with | off |
/// | `dev.millrace.GoroutineStatistics` | how many there are | each second |
///
/// Each but the last has `task`, `taskType` and `labels` of the current context. Names, labels, types, messages and the texts of causes are
/// recorded; values of contexts and what passes through channels are not.
///
/// # Rules of use
///
///  1. Types of tasks and regions and categories of logs are few: numbers and names of customers belong into labels or messages.
///  2. Hand down the task's context. What runs under another one does not belong to the task.
///  3. Close a task where its work ends, also on another goroutine. What was not closed is not in the file.
///  4. Change what is recorded by JFR's own settings: `jfr configure`, `-XX:StartFlightRecording:dev.millrace.Blocked#threshold=1ms`.
///
/// # What it costs
///
/// While no recording wants the library's events the probe is not installed, and the library does what it does without this module.
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `ctx, task := trace.NewTask(ctx, "order"); defer task.End()` | `try (var task = Trace.newTask(ctx, "order"))`, and [TraceTask#context()] |
/// | `trace.WithRegion(ctx, "pay", f)` | [Trace#withRegion], [Trace#callRegion] |
/// | `defer trace.StartRegion(ctx, "pay").End()` | `try (var _ = Trace.startRegion(ctx, "pay"))`; out of order is an error |
/// | `trace.Log(ctx, "card", "declined")`, `trace.Logf` | [Trace#log(dev.millrace.context.Context, String, String)], and with a supplier |
/// | `trace.Start(w)`, `trace.Stop()` | [Trace#start] and its close; the file is the JDK's |
/// | `trace.FlightRecorder` | `-XX:StartFlightRecording`, and `jcmd JFR.dump` |
/// | `go tool trace` | `jfr summary`, `jfr view`, `jfr print`, JMC |
/// | `pprof.Do` | [dev.millrace.go.Labels] of the core |
package dev.millrace.jfr;

/// Go's concurrency model on the JVM: a tree of contexts that stops work, and the goroutines and groups that live under
/// it.
///
/// | package | what it is for | in Go |
/// |---|---|---|
/// | [dev.millrace.context] | the end of work, its deadline and its request's values, handed down | `context` |
/// | [dev.millrace.chan] | handing values from goroutine to goroutine; waiting for the first of several things | `chan`, `select` |
/// | [dev.millrace.time] | what comes after a while, once or again and again; how often something may happen | `time`, `rate` |
/// | [dev.millrace.pipeline] | stages between channels | the pipelines pattern |
/// | [dev.millrace.go] | starting goroutines; what happens with their failures | the `go` statement, `runtime` |
/// | [dev.millrace.sync] | waiting for each other | `sync` |
/// | [dev.millrace.atomic] | single values that many change at once | `sync/atomic` |
/// | [dev.millrace.group] | tasks for one purpose, with one outcome | `errgroup` |
/// | [dev.millrace.probe] | looking at what happens | `runtime/trace` |
///
/// Each package comment is a chapter: the idea, the rules of use, what happens before what, an example, the table from
/// Go. Begin with [dev.millrace.context]. The module requires `java.base` only. Signals and the scheduler's facts are
/// in `dev.millrace.jvm`.
@org.jspecify.annotations.NullMarked module dev.millrace {
    requires static org.jspecify;

    exports dev.millrace.context;
    exports dev.millrace.chan;
    exports dev.millrace.go;
    exports dev.millrace.sync;
    exports dev.millrace.atomic;
    exports dev.millrace.group;
    exports dev.millrace.time;
    exports dev.millrace.pipeline;
    exports dev.millrace.probe;
    exports dev.millrace.internal to
            dev.millrace.http,
            dev.millrace.jvm,
            dev.millrace.jdbc,
            dev.millrace.net,
            dev.millrace.testing;

    uses dev.millrace.go.SchedulerFacts;
    uses dev.millrace.go.SpawnHook;
    uses dev.millrace.internal.Carriers;
    uses dev.millrace.probe.ProbeSource;
}

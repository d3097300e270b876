/// Stages between channels: what pipelines of goroutines need again and again, with their ends done right.
///
/// # The idea
///
/// A stage reads channels, does something, and writes channels. In Go each is written by hand, and what is hard is the end: who closes, who
/// hears of a failure, who stops when nobody reads any more. [Pipeline] has the usual ones. It is no stream library: what is
/// special is still a goroutine and a loop.
///
/// # Rules of use
///
///  1. Begin with a context of the whole pipeline, and end it when the reader leaves: all stages end with it.
///  2. A loop over the last output ends normally only when everything was handed on. A failure anywhere above comes out of it as
///     a [dev.millrace.chan.ChanClosedException], with that failure as the cause.
///  3. A stage owns its input: it abandons it when it stops early. Give one input to several stages only when they stop together.
///
/// # An example
///
/// <!-- region: Stages#stages -->
/// ```java
/// static List<Integer> sizes(Context parent, ReceiveChan<Path> files) {
///     var stored = new ArrayList<Integer>();
///     try (var ctx = parent.withCancel()) {
///         var contents = map(ctx, files, 8, (_, file) -> Files.readString(file)); // eight at once, in order
///         for (var some : batch(ctx, contents, 100, Duration.ofSeconds(1))) {
///             stored.add(some.size());
///         }
///     } // the stages end here, also when the loop was left early
///     return stored;
/// }
/// ```
///
/// # From Go
///
/// | Go's article on pipelines | here |
/// |---|---|
/// | `sq(ctx, in)` | [Pipeline#map]`(ctx, in, (_, n) -> n * n)` |
/// | `merge(ctx, a, b)` with a `WaitGroup` that closes | [Pipeline#merge]`(ctx, List.of(a, b))` |
/// | bounded digesters that read one channel | [Pipeline#map]`(ctx, paths, 20, digest)`, or `mapUnordered` |
/// | an `errc` beside the output | the output is closed with the failure |
package dev.millrace.pipeline;

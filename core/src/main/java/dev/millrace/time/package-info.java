/// What comes after a while: once, again and again, as a value in a channel or as a call.
///
/// # The idea
///
/// Time is a channel too. [After#after], an [Alarm] and a [Ticker] give instants that are received like any other value, so a select
/// waits for them beside everything else. Such a channel has its value from its instant on, whether or not somebody
/// looks; a timer runs only while somebody waits for it.
///
/// A [RateLimiter] says when something may happen; a [Retry] when it is tried again.
///
/// # Rules of use
///
///  1. For the end of a piece of work take a context with a deadline; for a single wait, the form with a context, or
///     [dev.millrace.chan.Select#timeout]. The channels here are for what happens between.
///  2. Nothing needs to be stopped to be collected. Stop what must not fire any more.
///  3. `stop` and `reset` withdraw a value that nobody has received: there is nothing to drain.
///  4. A stopped timer's channel is not closed. A loop over ticks runs under a context: `ticks().each(ctx)`.
///  5. In a test, time is the scheduler's: what was made under a virtual clock keeps to that clock.
///  6. Await a limiter under the context of the call: what could not be granted before its deadline fails at once.
///  7. Retry at one layer; where several do, give the request a [Retry#budget]. Try again only what may be done twice.
///
/// # Examples
///
/// Again and again, until the context ends:
///
/// <!-- region: Timing#ticker -->
/// ```java
/// static void poll(Context ctx, Runnable step) {
///     try (var ticker = Ticker.every(Duration.ofMillis(10))) {
///         for (var _ : ticker.ticks().each(ctx)) { // until the context ends
///             step.run();
///         }
///     }
/// }
/// ```
///
/// Set again with each value that comes:
///
/// <!-- region: Timing#alarm -->
/// ```java
/// /// Everything that comes until there was silence for `span`.
/// static <T> List<T> burst(ReceiveChan<T> values, Duration span) {
///     var got = new ArrayList<T>();
///     var silence = Alarm.in(span);
///     boolean more = true;
///     while (more) {
///         more = Select.<Boolean>first()
///                 .receive(values, value -> {
///                     silence.reset(span); // an old value cannot be on its way
///                     return got.add(value);
///                 })
///                 .receive(silence.fired(), _ -> false)
///                 .run();
///     }
///     return got;
/// }
/// ```
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `time.After(d)` | [After#after]`(d)` |
/// | `time.AfterFunc(d, f)` | [After#afterFunc]`(d, f)`, a [DelayedCall] |
/// | `t := time.NewTimer(d)`, `t.C`, `t.Stop()`, `t.Reset(d)` | [Alarm#in]`(d)`, `fired()`, `stop()`, `reset(d)` |
/// | `t := time.NewTicker(d)`, `t.C`, `t.Stop()`, `t.Reset(d)` | [Ticker#every]`(d)`, `ticks()`, `stop()`, `reset(d)` |
/// | `time.Tick(d)` | [Ticker#tick]`(d)` |
/// | `time.Sleep(d)` | `Context.current().sleep(d)`, which the context ends |
/// | `rate.NewLimiter(10, 3)`, `Allow`, `Reserve`, `Wait(ctx)` | [RateLimiter#perSecond], `allow()`, `reserve(n)`, `await(ctx)` |
package dev.millrace.time;

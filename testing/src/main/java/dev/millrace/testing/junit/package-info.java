/// The test kit for JUnit 5 and 6: three annotations, at a test or a class.
///
/// | annotation | the test | by itself |
/// |---|---|---|
/// | [Bubbled] | runs in virtual time | [dev.millrace.testing.Bubble] |
/// | [NoLeaks] | leaves nothing behind | [dev.millrace.testing.Leaks] |
/// | [GoTimeout] | ends in time, or says what it waited for | [dev.millrace.testing.TimeLimit] |
///
/// # The idea
///
/// What hangs or stays behind should be named by the test that did it, with who started it, where, and what it waits for; and not by the next test, or by a build that
/// never ends.
///
/// # Rules of use
///
///  1. Put [NoLeaks] at the class. It costs a clean test nothing but the noted lines.
///  2. Make within a bubbled test what it waits for: fields and `@BeforeEach` are outside the bubble.
///  3. They may be combined in any order of writing: the leak check lies around the time limit, and that around the bubble.
///  4. A goroutine that is started by a thread of an executor belongs to no test, unless that runs it by
///     [dev.millrace.testing.LeakScope#run].
///
/// # An example
///
/// <!-- region: WithoutSleeping#bubble -->
/// ```java
/// @Test
/// @Bubbled
/// void session_endsAfterHalfAnHour(Bubble b) {
///     var session = Context.background().withTimeout(ofMinutes(30));
///     b.sleep(ofMinutes(30).minusNanos(1)); // no real time passes
///     assertFalse(session.isDone());
///     b.sleep(ofNanos(1));
///     assertTrue(session.isDone());
/// }
/// ```
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `synctest.Test(t, f)` | [Bubbled] |
/// | `defer goleak.VerifyNone(t)`, `goleak.VerifyTestMain(m)` | [NoLeaks] at the test, at the class |
/// | `go test -timeout d` | [GoTimeout], for one test, without ending the process |
///
/// JUnit is an optional dependency: a program without it does not load this package.
package dev.millrace.testing.junit;

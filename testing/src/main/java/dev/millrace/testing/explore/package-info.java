/// Every order in which the threads of a program can run.
///
/// | type | what it is |
/// |---|---|
/// | [Explore] | runs a program in all orders, by chance, or in one that was written down |
/// | [Explored] | what was done, when no order failed |
/// | [ScheduleError] | the order that failed: what happened, how to run it again, what each thread was doing |
///
/// # The idea
///
/// A test of concurrent code sees the few orders that the machine happens to take, and mostly the same ones. Here one thread runs at a time, and before each act that another thread could notice it is decided who
/// goes on. So the orders can be counted, gone through, and run again.
///
/// Most faults need few *preemptions*: times at which a thread that could go on does not. All orders with at most two of them are often some hundreds or thousands, at tens of microseconds each.
///
/// # Rules of use
///
///  1. Explore small programs: two or three threads with a few operations each. It is the orders that make a test strong, not its length.
///  2. Make in the body all that it uses, or in static fields of your own classes: these begin anew in each order. Enums keep what earlier orders left in them.
///  3. See the test fail once: take out the lock, and look whether it is found. A test that checks nothing passes in every order.
///  4. Where all orders are too many: fewer preemptions, helpers of yours [in one step][Explore.Options#inOneStep], or so many by chance, both by [Explore.Options#random] and by [Explore.Options#priorities].
///  5. Three preemptions for handshakes, in which two threads answer each other more than once.
///
/// # What happens before what
///
/// Races are judged as the Java memory model does: volatile accesses, locks, monitors, the start and the end of threads order what comes before and after them; `park` and `unpark` do not, nor do plain and opaque accesses.
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `go test -race` | the same is looked for, in every order |
/// | — | [Explore] |
package dev.millrace.testing.explore;

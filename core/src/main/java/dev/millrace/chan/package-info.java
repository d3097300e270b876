/// Channels and select: goroutines hand values to each other, and wait for each other there.
///
/// # The idea
///
/// A channel is a queue with two sides and an end. Who sends waits until the channel takes the value; who receives waits until
/// there is one. Without a buffer the two meet. A select waits for several such things at once, and for the end of a context, a
/// task, a future or a time, for a lock or tokens of a semaphore, and does exactly one of them.
///
/// Receivers of one channel share its values. A [Broadcast] gives each value to all its subscribers, each through a channel of its own. Streams and
/// `java.util.concurrent.Flow` publishers become channels by `Chan.from`, and channels become them by `stream()` and `publisher()`.
///
/// # Rules of use
///
///  1. Who sends closes, and only when nobody sends any more. Several senders: [SendChan#producers].
///  2. Close to say that no more will come; a channel need not be closed to be collected.
///  3. A receiver that wants no more lets its sender know: by the context under which that sends, or by [ReceiveChan#abandon].
///  4. In a goroutine with a context, use the forms that take it; the plain forms observe none.
///  5. Hand out sides: [Chan#sendOnly()] and [Chan#receiveOnly()].
///  6. A buffer is for bursts. It does not make a slow receiver fast.
///  7. To give all receivers all values, use a [Broadcast].
///
/// # What each operation does
///
/// | | never (nil) | open, empty | open, with values | full | closed |
/// |---|---|---|---|---|---|
/// | send | waits for ever | goes in, or waits without a buffer | goes in | waits | [ChanClosedException] |
/// | receive | waits for ever | waits | a value | a value | the values left, then [ChanClosedException] |
/// | next | waits for ever | waits | a value | a value | the values left, then [Received.Closed] |
/// | trySend | false | true with a buffer, or when somebody waits | true | false | [ChanClosedException] |
/// | tryReceive | null | null | a value | a value | the values left, then [Received.Closed] |
/// | close | an error | closes | closes; they are still received | closes; who waits to send fails | [ChanClosedException] |
/// | len, cap | 0, 0 | 0, n | exact | n, n | what is left, n |
///
/// # What happens before what
///
/// A send happens before the receive of its value has returned; a close, before somebody learns of it; the `i`-th receive from
/// a channel of capacity `n`, before the `(i + n)`-th send has returned. A send of a broadcast happens before each receive of its value
/// has returned.
///
/// # Examples
///
/// A generator that ends with its context:
///
/// <!-- region: Channels#generator -->
/// ```java
/// static ReceiveChan<Integer> numbers(Context ctx) {
///     var out = Chan.<Integer>unbuffered();
///     go(ctx, c -> {
///         for (int n = 1;; n++) {
///             out.send(c, n); // a form that takes a context gives up when it ends
///         }
///     });
///     return out;
/// }
///
/// static List<Integer> firstFive() {
///     var five = new ArrayList<Integer>();
///     try (var ctx = Context.background().withCancel()) {
///         for (int n : numbers(ctx)) {
///             five.add(n);
///             if (n == 5) {
///                 break;
///             }
///         }
///     } // the generator ends here
///     return five;
/// }
/// ```
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `make(chan T)`, `make(chan T, n)` | [Chan#unbuffered()], [Chan#buffered(int)] |
/// | `ch <- v`, `<-ch`, `v, ok := <-ch` | [SendChan#send(Object)], [ReceiveChan#receive()], [ReceiveChan#next()] |
/// | `for v := range ch` | `for (var v : ch)` |
/// | `close(ch)`, `len(ch)`, `cap(ch)` | [SendChan#close()], `len()`, `cap()` |
/// | `chan<- T`, `<-chan T` | [SendChan], [ReceiveChan] |
/// | a nil channel | [Chan#never()] |
/// | `select`, `reflect.Select` | [Select], [Selector] |
/// | a goroutine with a list of channels | [Broadcast] |
package dev.millrace.chan;

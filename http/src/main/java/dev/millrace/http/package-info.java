/// HTTP under a context: calls and bodies that end with it, and the headers that carry it to the next program.
///
/// # The idea
///
/// A call over the network takes as long as somebody else likes. [ContextClient] gives each call of the JDK's client a context: when that ends,
/// the call throws, the request is cancelled, and the server sees its client go. A body that is still coming stays under the context.
///
/// <!-- region: Rates#client -->
/// ```java
/// private static final ContextClient HTTP = ContextClient.over(HttpClient.newHttpClient());
///
/// static String rate(Context parent, URI uri) throws IOException {
///     try (var ctx = parent.withTimeout(ofMillis(300))) {
///         return HTTP.get(ctx, uri).body(); // at the end of ctx it throws, and the server sees it go
///     }
/// }
///
/// static List<String> firstFive(Context parent, URI events) throws IOException {
///     var five = new ArrayList<String>();
///     try (var ctx = parent.withCancel()) {
///         for (String line : HTTP.lines(ctx, events).body()) { // as they come
///             five.add(line);
///             if (five.size() == 5) {
///                 break;
///             }
///         }
///     } // the connection is closed here
///     return five;
/// }
/// ```
///
/// The other program should stop as well, and not begin what cannot be ready in time. For that it must know the deadline. A [Propagation]
/// says what of a context is sent, and what a server reads; without one, nothing is. Both sides share the object:
///
/// <!-- region: Rates#policy -->
/// ```java
/// private static final Context.Key<String> TENANT = Context.Key.named("tenant");
///
/// private static final Propagation POLICY = Propagation.none() // sends nothing
///         .withDeadline(DeadlineHeader.GRPC_TIMEOUT) // but what is left until the deadline,
///         .withTrace() // traceparent and tracestate,
///         .withValue(TENANT, "x-tenant"); // and a value of our own
///
/// static String rateFor(Context ctx, String tenant, URI uri) throws IOException {
///     return HTTP.withPropagation(POLICY).get(ctx.withValue(TENANT, tenant), uri).body();
/// }
/// ```
///
/// # Rules of use
///
///  1. Make one client and keep it: it has the connections. The context is a call's.
///  2. Close a stream, abandon a channel of lines, or end the context. Until then the connection is in use.
///  3. To cancel a call over HTTP/1.1 costs its connection; over HTTP/2 it resets a stream, and the connection stays.
///  4. A request that was cancelled may have been done all the same: the server decides what it does when its client goes.
///  5. Send a deadline only to those that you trust with it, and read one only below a limit of your own.
///
/// # Memory
///
/// What happens before a call does not by itself happen before what the server does. What a handler or subscriber of yours does happens before the
/// call returns its body.
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `http.NewRequestWithContext(ctx, …)`, `client.Do(req)` | `client.send(ctx, request, handler)` |
/// | `resp.Body`, read until `io.EOF` or closed | [ContextClient#stream], or what the handler makes |
/// | `bufio.NewScanner(resp.Body)` | [ContextClient#lines] |
/// | `client.Timeout` | a context with a timeout; it covers the body as well, as there |
/// | `errors.Is(err, context.Canceled)` | `catch (CancelledException e)` |
/// | gRPC's deadline in the headers | [DeadlineHeader#GRPC_TIMEOUT] |
package dev.millrace.http;

/// TCP under a context: dial, accept, read and write end with it, and a listener drains when it does.
///
/// # The idea
///
/// A socket blocks a thread until the other end does something. Here every such wait takes a context and ends with it, in a state that is
/// written down: see the table of [Conn]. No thread waits beside the caller's, and no interrupt is used, so nothing of a cancel
/// reaches what the thread does next.
///
/// # Rules of use
///
///  1. Give a read that may be tried again a context with a deadline: that keeps the connection. A cancel of a read or write closes it.
///  2. After a write that was cut short the connection is closed; dial again.
///  3. Close what you dialled and accepted. [Listener#serve] closes what it gave to a handler.
///  4. Use goroutines: on a virtual thread a wait costs no thread of the system. An interrupt closes a connection that is being read or
///     written, as the JDK's channels do.
///  5. Libraries that want streams get them from [Streams].
///
/// # Memory
///
/// What happens before a write does not by itself happen before the read at the other end: that is another program, or stands for one.
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `(&net.Dialer{Timeout: t}).DialContext(ctx, "tcp", addr)` | [Dialer#tcp]`().withTimeout(t).dial(ctx, addr)` |
/// | `net.Listen("tcp", addr)`, `l.Accept()`, `l.Close()`, `l.Addr()` | [Listener#listen]`(addr)`, `accept(ctx)`, `close()`, `address()` |
/// | `c.SetReadDeadline(t); c.Read(b)` | `c.read(ctx.withDeadline(t), b)` |
/// | `c.SetWriteDeadline(t); c.Write(b)` | `c.write(ctx.withDeadline(t), b)`, which closes when it is cut short |
/// | `c.CloseWrite()`, `c.Close()` | `closeWrite()`, `close()` |
/// | `net.SplitHostPort`, `net.JoinHostPort` | [HostPort#parse], `toString()` |
/// | `http.Server.Shutdown(ctx)` | the end of [Listener#serve]`(ctx, grace, handler)` |
package dev.millrace.net;
